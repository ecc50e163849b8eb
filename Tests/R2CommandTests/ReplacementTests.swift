#if Storage
import Foundation
import TestSupport
import Testing

/// Files at the path of a download, which may be someone else's or appear during the download.
@Suite("The command r2 and existing files")
struct ReplacementTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func shell(_ command: String, _ bucket: MemoryBucket) async throws -> RunningProgram.Outcome {
        try await RunningCommand.shell(command, bucket.environment, in: scratch)
    }

    @Test(arguments: [false, true])
    func `a file that another program creates stays until --force`(isInterrupted: Bool) async throws {
        let content = try Data(contentsOf: URL(filePath: scratch.file("content", mebibytes: 16)))
        let target = scratch.path("out")
        try await MemoryBucket.run { bucket in
            bucket["key"] = Array(content)
            try await HoldingRelay.holdDownload(of: "key", to: target, from: bucket) { relay, get, environment in
                if isInterrupted {
                    get.send(signal: SIGINT)
                    #expect(try await get.outcome().status == 130)
                }
                try Data("other".utf8).write(to: URL(filePath: target))
                relay.open()
                var outcome =
                    isInterrupted
                    ? try await RunningCommand.run("resume", target, environment: environment) : try await get.outcome()
                for _ in 0..<2 {
                    #expect(outcome.status == 73)
                    let partial = try #require(try scratch.names().first { $0.hasSuffix(".part") })
                    #expect(outcome.errors.contains("The partial file is \(scratch.path(partial))."))
                    #expect(outcome.errors.contains("r2 resume --force \(target).r2-download\n"), "\(outcome.errors)")
                    #expect(try scratch.text("out") == "other")
                    outcome = try await RunningCommand.run("resume", target, environment: environment)
                }
                let forced = try await RunningCommand.run("resume", "--force", target, environment: environment)
                #expect(forced.status == 0, "\(forced.errors)")
            }
        }
        #expect(FileManager.default.contentsEqual(atPath: target, andPath: scratch.path("content")))
        #expect(try scratch.names() == ["content", "out"])
    }

    #if os(Linux)
    /// Runs a command after preparations that take privileges.
    /// - Returns: The outcome, or `nil` without these privileges.
    private func privileged(_ command: String, _ bucket: MemoryBucket) async throws -> RunningProgram.Outcome? {
        // Another user may not reach the command's folder.
        let user = "setpriv --reuid 65534 --regid 65534 --clear-groups"
        let outcome = try await shell(
            """
            as_user="\(user)"
            test "$(id -u)" = 0 && $as_user test -x "$r2" -a -x . || exit 99
            \(command)
            """, bucket)
        return outcome.status == 99 ? nil : outcome
    }

    @Test(arguments: [
        "mkdir -m 1777 shared && printf old > shared/a && $as_user \"$r2\" get key shared/a --force",
        """
        printf old > a && chattr +i a || exit 99
        "$r2" get key a --force; status=$?; chattr -i a; exit $status
        """,
        """
        mkdir log && chattr +a log || exit 99
        "$r2" get key log/a --state-folder .; status=$?; chattr -a log; exit $status
        """,
    ])
    func `a file that can't be replaced is an error before its content is requested`(command: String) async throws {
        try await MemoryBucket.run { bucket in
            bucket["key"] = [1, 2, 3]
            guard let outcome = try await privileged(command, bucket) else { return }
            #expect(outcome.status == 73, "\(outcome.errors)")
            #expect(!bucket.requests.contains { $0.hasPrefix("GET ") })
            let left = try await shell("find . -name '.r2-*'", bucket)
            #expect(left.output.isEmpty)
        }
    }

    /// The owner and permissions of another user's file after its replacement, for users in its group and others.
    @Test(arguments: [
        ("--clear-groups", "640", "65534:65534 600"), ("--groups 65532", "640", "65534:65532 640"),
        ("--clear-groups", "6775", "65534:65534 755"), ("--clear-groups", "604", "65534:65534 600"),
    ])
    func `a replaced file gets no wider permissions`(groups: String, mode: String, expected: String) async throws {
        try await MemoryBucket.run { bucket in
            bucket["key"] = [1, 2, 3]
            let command = """
                mkdir -m 777 open && printf old > open/a && chown 65532:65532 open/a && chmod \(mode) open/a
                setpriv --reuid 65534 --regid 65534 \(groups) "$r2" get key open/a --force
                stat -c '%u:%g %a' open/a
                """
            guard let outcome = try await privileged(command, bucket) else { return }
            #expect(outcome.output.hasSuffix("\n\(expected)\n"), "\(outcome.output) \(outcome.errors)")
        }
    }

    @Test func `a replaced file keeps its access list`() async throws {
        try await MemoryBucket.run { bucket in
            bucket["key"] = [1, 2, 3]
            // The list is: the owner rw, the user 65532 r, the group none, the mask r, others none.
            let outcome = try await shell(
                #"""
                python3 - a <<'END' || exit 99
                import os, struct, sys
                open("a", "w").close()
                entries = [(1, 6, -1), (2, 4, 65532), (4, 0, -1), (16, 4, -1), (32, 0, -1)]
                packed = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
                try: os.setxattr("a", "system.posix_acl_access", packed)
                except OSError: sys.exit(1)
                END
                "$r2" get key a --force || exit 1
                python3 -c 'import os; print(len(os.getxattr("a", "system.posix_acl_access")), oct(os.stat("a").st_mode))'
                """#, bucket)
            guard outcome.status != 99 else { return }
            #expect(outcome.output.hasSuffix("\n44 0o100640\n"), "\(outcome.output) \(outcome.errors)")
        }
    }
    #endif
}
#endif
