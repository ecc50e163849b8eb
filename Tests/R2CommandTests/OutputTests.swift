#if Storage
import Foundation
import TestSupport
import Testing

/// Standard output that can't be written, and standard streams as the ends of a transfer.
@Suite("The command r2 and its standard streams")
struct OutputTests {
    /// Runs a shell command in which `$r2` is the command.
    private func shell(
        _ command: String, _ environment: [String: String], directory: URL? = nil
    ) async throws -> RunningProgram.Outcome {
        var environment = environment
        environment["r2"] = try BuiltProgram.path("r2")
        environment["PATH"] = "/usr/bin:/bin"
        return try await RunningProgram.run(
            "/bin/bash", ["-c", command], environment: environment, directory: directory)
    }

    @Test(arguments: ["", "--json"]) func `a list ends when its reader has gone`(format: String) async throws {
        try await MemoryBucket.run { bucket in
            bucket.listEndlessly { page in (0..<1000).map { "page-\(1_000_000 + page)/\($0 + 10_000)" } }
            let outcome = try await shell(
                "\"$r2\" ls -r \(format) | head -1; echo ${PIPESTATUS[0]}", bucket.environment)
            #expect(outcome.output.contains("page-1000000/10000"))
            // The status of a process that SIGPIPE ended.
            #expect(outcome.output.hasSuffix("\n141\n"))
            #expect(outcome.errors.isEmpty)
            // The pipe may hold some pages until the reader ends.
            #expect(bucket.requests.count < 20)
        }
    }

    @Test(arguments: ["ls -r", "ls --json", "cors --origin https://app.example.com --dry-run", "--help", "rm --help"])
    func `output that can't be written is a failure`(arguments: String) async throws {
        try await MemoryBucket.run { bucket in
            bucket["a.mp4"] = [1]
            let full = try await shell("\"$r2\" \(arguments) > /dev/full", bucket.environment)
            #expect(full.status == 74)
            #expect(full.errors == "r2: Can't write to standard output: No space left on device.\n")
            let closed = try await shell("\"$r2\" \(arguments) >&-", bucket.environment)
            #expect(closed.status == 74)
            #expect(closed.errors.contains("Can't write to standard output"))
        }
    }

    @Test func `a pipe is uploaded and downloaded`() async throws {
        try await MemoryBucket.run { bucket in
            let put = try await shell("printf 'one two' | \"$r2\" put - a/b.txt", bucket.environment)
            #expect(put.status == 0, "\(put.errors)")
            #expect(bucket["a/b.txt"] == Array("one two".utf8))
            let get = try await shell("\"$r2\" get a/b.txt - | cat", bucket.environment)
            #expect(get.output == "one two")
            let full = try await shell("\"$r2\" get a/b.txt - > /dev/full", bucket.environment)
            #expect(full.status == 74, "\(full.errors)")
            let unnamed = try await shell("\"$r2\" put - < /dev/null", bucket.environment)
            #expect(unnamed.status == 64)
        }
    }

    @Test func `attempts are shown with --verbose`() async throws {
        try await MemoryBucket.run { bucket in
            for arguments in ["--verbose ls", "ls --verbose"] {
                let outcome = try await shell("\"$r2\" \(arguments)", bucket.environment)
                #expect(outcome.status == 0)
                #expect(outcome.errors.contains("attempt=1"))
                #expect(outcome.errors.contains("status=200"))
            }
        }
    }

    @Test func `requests go through the environment's proxy`() async throws {
        try await MemoryBucket.run { bucket in
            var environment = bucket.environment
            environment["HTTPS_PROXY"] = environment["R2_ENDPOINT"]
            environment["R2_ENDPOINT"] = "https://r2.example.com"
            // The bucket isn't a proxy, so that it rejects the request for a tunnel.
            let proxied = try await shell("\"$r2\" ls", environment)
            #expect(proxied.status != 0)
            #expect(bucket.requests.contains { $0.hasPrefix("CONNECT r2.example.com:443") })
            let count = bucket.requests.count
            environment["NO_PROXY"] = "localhost,.example.com"
            environment["R2_ENDPOINT"] = "https://127.0.0.1.example.com:1"
            #expect(try await shell("timeout 3 \"$r2\" ls", environment).status != 0)
            #expect(bucket.requests.count == count)
            environment["HTTPS_PROXY"] = "ftp://user:s3cr3t@127.0.0.1"
            environment["NO_PROXY"] = nil
            let unsupported = try await shell("\"$r2\" ls", environment)
            #expect(unsupported.status == 78)
            #expect(!unsupported.errors.contains("s3cr3t"))
        }
    }
}
#endif
