#if Storage
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Standard output that can't be written, and standard streams as the ends of a transfer.
@Suite("The command r2 and its standard streams")
struct OutputTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Runs a shell command in which `$r2` is the command.
    private func shell(_ command: String, _ environment: [String: String]) async throws -> RunningProgram.Outcome {
        try await RunningCommand.shell(command, environment, in: scratch)
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

    @Test(arguments: [
        "ls -r", "ls --json", "rm --prefix a", "rm a.mp4", "put -q - b.mp4 < /dev/null",
        "cors --origin https://app.example.com --dry-run", "--help", "rm --help",
    ])
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

    @Test func `messages can't control the terminal`() async throws {
        try await MemoryBucket.run { bucket in
            // Control sequences, and text from right to left.
            let (key, message) = ("a\u{9B}31m", "b\u{9B}2J\u{202E}")
            let denied = "<Code>AccessDenied</Code><Message>\(message)</Message>"
            bucket.respond { request in
                request == 1
                    ? (.ok, [:], Array("<DeleteResult><Error><Key>\(key)</Key>\(denied)</Error></DeleteResult>".utf8))
                    : (.forbidden, [:], Array("<Error>\(denied)</Error>".utf8))
            }
            for arguments in ["rm '\(key)'", "ls"] {
                let outcome = try await shell("\"$r2\" \(arguments)", bucket.environment)
                #expect(outcome.status != 0)
                let isSafe = outcome.errors.unicodeScalars.allSatisfy { $0 != "\u{9B}" && $0 != "\u{202E}" }
                #expect(isSafe, "\(arguments)")
                #expect(outcome.errors.hasPrefix("r2: ") && outcome.errors.hasSuffix("\n"))
            }
        }
    }

    @Test func `an object with a weak ETag is selected by the printed one`() async throws {
        try await MemoryBucket.run { bucket in
            // Each command sends HEAD twice before it gets the object.
            bucket.respond { request in
                let headers: HTTPHeaders = [
                    "etag": "W/\"tag\"", "content-length": "3", "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT",
                ]
                return (.ok, headers, request % 3 == 0 ? [1, 2, 3] : [])
            }
            let first = try await shell("\"$r2\" get key out; rm out", bucket.environment)
            let printed = try #require(first.output.firstMatch(of: /ETag (.+)\n/).map { String($0.1) })
            #expect(printed == "W/\"tag\"")
            let second = try await shell("\"$r2\" get key out --etag '\(printed)' && rm out", bucket.environment)
            #expect(second.status == 0 && second.output.contains("ETag"), "\(second.errors)")
        }
    }

    @Test func `a list that doesn't go forward is an error`() async throws {
        try await MemoryBucket.run { bucket in
            bucket.listEndlessly { page in [page % 2 == 0 ? "a" : "b"] }
            let list = try await shell("\"$r2\" ls -r", bucket.environment)
            #expect(list.status == 1)
            #expect(list.errors.contains("Invalid listing"))
            let remove = try await shell("\"$r2\" rm --prefix a --yes", bucket.environment)
            #expect(remove.status == 1)
        }
    }

    @Test func `a delay that the server asks for is shown, and not waited for if it is long`() async throws {
        try await MemoryBucket.run { bucket in
            bucket.respond { _ in (.tooManyRequests, ["retry-after": "600"], []) }
            let outcome = try await shell("\"$r2\" ls", bucket.environment)
            #expect(outcome.status == 75)
            #expect(outcome.errors.contains("Retry after 600 seconds."))
            #expect(bucket.requests.count == 1)
        }
    }

    @Test func `waits and their reasons are shown with --verbose`() async throws {
        try await MemoryBucket.run { bucket in
            bucket.respond { $0 > 1 ? nil : (.serviceUnavailable, [:], []) }
            let outcome = try await shell("\"$r2\" ls --verbose", bucket.environment)
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("status=503"))
            #expect(outcome.errors.contains("delay="))
            #expect(outcome.errors.contains("code=ServiceUnavailable"))
            #expect(outcome.errors.contains("attempt=2"))
        }
    }

    @Test func `requests have the path of the endpoint`() async throws {
        try await MemoryBucket.run { bucket in
            var environment = bucket.environment
            environment["R2_ENDPOINT"] = "http://127.0.0.1:\(bucket.port)/cdn-cgi/local/r2/s3/"
            bucket.respond { _ in (.ok, [:], Array("<ListBucketResult></ListBucketResult>".utf8)) }
            _ = try await shell("\"$r2\" ls", environment)
            #expect(bucket.requests.first?.hasPrefix("GET /cdn-cgi/local/r2/s3/test-bucket?") == true)
        }
    }

    @Test func `metadata can be empty`() async throws {
        try await MemoryBucket.run { bucket in
            let put = try await shell(
                "printf x | \"$r2\" put - a --metadata note= --metadata b=1=2", bucket.environment)
            #expect(put.status == 0, "\(put.errors)")
            #expect(bucket.header("x-amz-meta-note", of: "a") == [""])
            #expect(bucket.header("x-amz-meta-b", of: "a") == ["1=2"])
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
            for (list, host) in [
                ("localhost:1,127.0.0.1", "localhost"), ("localhost:1,127.0.0.1", "127.0.0.1"),
                ("10.0.0.0/8\t127.0.0.0/8", "127.0.0.1"), ("127.0.0.1/32", "127.0.0.1"), ("::1/128", "[::1]"),
            ] {
                environment["NO_PROXY"] = list
                // Nothing listens there, so that the command fails at once without a proxy.
                environment["R2_ENDPOINT"] = "https://\(host):1"
                #expect(try await shell("\"$r2\" ls", environment).status == 75)
                #expect(bucket.requests.count == count)
            }
            environment["NO_PROXY"] = nil
            for port in [0, 65_536, 84_967] {
                environment["HTTPS_PROXY"] = "http://127.0.0.1:\(port)"
                #expect(try await shell("\"$r2\" ls", environment).status == 78)
            }
            environment["HTTPS_PROXY"] = "ftp://user:s3cr3t@127.0.0.1"
            let unsupported = try await shell("\"$r2\" ls", environment)
            #expect(unsupported.status == 78)
            #expect(!unsupported.errors.contains("s3cr3t"))
        }
    }
}
#endif
