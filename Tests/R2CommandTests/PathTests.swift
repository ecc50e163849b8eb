#if Storage
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Keys and local paths of every kind.
@Suite("The command r2 and unusual keys and paths")
struct PathTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Runs a bash command in the scratch folder, in which `$r2` is the command.
    private func shell(_ command: String, _ bucket: MemoryBucket) async throws -> RunningProgram.Outcome {
        try await RunningCommand.shell(command, bucket.environment, in: scratch)
    }

    @Test(arguments: ["/a", "a//b", "folder/", "a/./b"])
    func `objects with any key are downloaded and deleted`(key: String) async throws {
        try await MemoryBucket.run { bucket in
            bucket[key] = [1, 2, 3]
            let get = try await shell("\"$r2\" get '\(key)' out", bucket)
            #expect(get.status == 0, "\(get.errors)")
            #expect(try scratch.names() == ["out"])
            #expect(try await shell("\"$r2\" rm '\(key)'", bucket).status == 0)
            #expect(bucket.keys.isEmpty)
        }
    }

    @Test func `keys are composed in every command`() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try await MemoryBucket.run { bucket in
            let put = try await shell("printf x | \"$r2\" put - \(decomposed)/a", bucket)
            #expect(put.status == 0)
            #expect(bucket.keys == [Array("\(composed)/a".utf8)])
            let get = try await shell("\"$r2\" get \(decomposed)/a - ", bucket)
            #expect(get.output == "x")
            let list = try await shell("\"$r2\" ls -r \(decomposed)/", bucket)
            #expect(list.output.contains(composed))
            let named = try await shell("\"$r2\" rm --prefix \(decomposed)/", bucket)
            #expect(named.output.contains(composed))
            let removed = try await shell("\"$r2\" rm \(decomposed)/a", bucket)
            #expect(removed.status == 0)
            #expect(bucket.keys.isEmpty)
        }
    }

    @Test func `objects of a server that doesn't compose keys are found under their exact keys`() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try await MemoryBucket.run { bucket in
            bucket["\(decomposed)/a"] = Array("exact".utf8)
            bucket["\(composed)/a"] = Array("composed".utf8)
            #expect(try await shell("\"$r2\" get \(decomposed)/a -", bucket).output == "exact")
            #expect(try await shell("\"$r2\" get \(composed)/a -", bucket).output == "composed")
            let list = try await shell("\"$r2\" ls -r \(decomposed)/", bucket)
            #expect(list.output.utf8.count { $0 == UInt8(ascii: "\n") } == 2)
            // The order of the bytes: the exact prefix is listed first.
            let named = try await shell("\"$r2\" rm --prefix \(decomposed)/", bucket)
            #expect(named.output.utf8.elementsEqual("\(decomposed)/a\n\(composed)/a\n".utf8))
            #expect(named.errors.contains("2 objects would be deleted."))
            let removed = try await shell("\"$r2\" rm \(decomposed)/a", bucket)
            #expect(removed.output.utf8.elementsEqual("\(decomposed)/a\n".utf8))
            #expect(bucket.keys == [Array("\(composed)/a".utf8)])
            #expect(try await shell("\"$r2\" rm \(decomposed)/a", bucket).status == 0)
            #expect(bucket.keys.isEmpty)
        }
    }

    @Test func `a server that composes keys lists each of them once`() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try await MemoryBucket.run(composesKeys: true) { bucket in
            bucket["\(composed)/a"] = [1]
            for prefix in [composed, decomposed] {
                let list = try await shell("\"$r2\" ls -r \(prefix)/", bucket)
                #expect(list.output.utf8.count { $0 == UInt8(ascii: "\n") } == 1, "\(list.output)")
                let named = try await shell("\"$r2\" rm --prefix \(prefix)/", bucket)
                #expect(named.errors.contains("1 objects would be deleted."), "\(named.errors)")
            }
            let removed = try await shell("\"$r2\" rm --yes --prefix \(decomposed)/", bucket)
            #expect(removed.status == 0)
            #expect(removed.output.utf8.elementsEqual("\(composed)/a\n".utf8))
            #expect(bucket.keys.isEmpty)
        }
    }

    @Test func `a key is found although its other form is forbidden`() async throws {
        try await MemoryBucket.run { bucket in
            bucket["caf\u{E9}/a"] = [1, 2]
            // Without the right to list, S3 responds like this if there is no such object.
            bucket.respond { $0 == 1 ? (.forbidden, [:], []) : nil }
            let removed = try await shell("\"$r2\" rm cafe\u{301}/a", bucket)
            #expect(removed.status == 0 && bucket.keys.isEmpty, "\(removed.errors)")
        }
    }

    @Test func `no other object is deleted if no form of a key can be read`() async throws {
        try await MemoryBucket.run { bucket in
            bucket["caf\u{E9}/a"] = [1]
            bucket["cafe\u{301}/a"] = [2]
            bucket.respond { $0 <= 2 ? (.forbidden, [:], []) : nil }
            let removed = try await shell("\"$r2\" rm cafe\u{301}/a", bucket)
            #expect(removed.status == 77)
            #expect(bucket.keys.count == 2 && bucket.requests.count == 2)
        }
    }

    @Test(arguments: ["\u{301}a", "\u{200D}=b", "-c", "é=d"])
    func `the value of an option can start with any character`(prefix: String) async throws {
        try await MemoryBucket.run { bucket in
            bucket["\(prefix)/x"] = [1]
            let named = try await shell("\"$r2\" rm '--prefix=\(prefix)'", bucket)
            #expect(named.status == 0, "\(named.errors)")
            #expect(named.errors.contains("1 objects would be deleted."))
        }
    }

    /// Names that join the character before them: a combining mark, a zero-width joiner, and a character after a mark
    /// that joins the next one.
    @Test(arguments: ["\u{301}a.mp4", "\u{200D}b.mp4", "\u{600}.mp4"])
    func `paths are split by bytes`(name: String) async throws {
        try await MemoryBucket.run { bucket in
            let folder = scratch.path("in")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            #expect(try await shell("printf x > \"in/\(name)\" && \"$r2\" put \"in/\(name)\"", bucket).status == 0)
            #expect(try await shell("\"$r2\" put \"in/\(name)\" videos/", bucket).status == 0)
            #expect(Set(bucket.keys) == [Array(name.utf8), Array("videos/\(name)".utf8)])
            #expect(try await shell("\"$r2\" get \"videos/\(name)\"", bucket).status == 0)
            #expect(try await shell("cat \"./\(name)\"", bucket).output == "x")
        }
    }

    #if os(Linux)
    @Test func `names and folders that aren't UTF-8 work`() async throws {
        try await MemoryBucket.run { bucket in
            let made = try await shell("mkdir $'f\\xffr' && printf x > $'f\\xffr/a\\xfe.mp4'", bucket)
            #expect(made.status == 0)
            let unnamed = try await shell("\"$r2\" put $'f\\xffr/a\\xfe.mp4'", bucket)
            #expect(unnamed.status == 64)
            let missing = try await shell("\"$r2\" put $'missing\\xfe'", bucket)
            #expect(missing.errors.contains("missing\\xfe doesn't exist"))
            let put = try await shell("cd $'f\\xffr' && \"$r2\" put $'a\\xfe.mp4' key.mp4", bucket)
            #expect(put.status == 0, "\(put.errors)")
            #expect(bucket["key.mp4"] == Array("x".utf8))
            let get = try await shell("cd $'f\\xffr' && \"$r2\" get key.mp4 && \"$r2\" get key.mp4 $'b\\xfd'", bucket)
            #expect(get.status == 0, "\(get.errors)")
            #expect(get.output.contains("f\\xffr/key.mp4: 1 bytes"))
            #expect(try await shell("cat $'f\\xffr/b\\xfd' $'f\\xffr/key.mp4'", bucket).output == "xx")
        }
    }

    @Test func `a file that reports no size is uploaded with its content`() async throws {
        try await MemoryBucket.run { bucket in
            let put = try await shell("\"$r2\" put /proc/version", bucket)
            #expect(put.status == 0, "\(put.errors)")
            #expect(bucket["version"] == Array(try Data(contentsOf: URL(filePath: "/proc/version"))))
        }
    }

    @Test func `a file that reports too many bytes is uploaded to its end`() async throws {
        let file = "/sys/kernel/mm/transparent_hugepage/enabled"
        guard let content = FileManager.default.contents(atPath: file) else { return }
        try await MemoryBucket.run { bucket in
            let put = try await shell("\"$r2\" put \(file) a", bucket)
            #expect(put.status == 0, "\(put.errors)")
            #expect(bucket["a"] == Array(content))
        }
    }
    #endif

    @Test func `only regular files are replaced`() async throws {
        try await MemoryBucket.run { bucket in
            bucket["a"] = [1, 2, 3]
            // Making a device takes privileges. A device of the system would be lost if this test failed.
            _ = try await shell("mkfifo fifo; mknod device c 1 3", bucket)
            let targets = try scratch.names()
            #expect(targets.contains("fifo"))
            for target in targets {
                let get = try await shell("\"$r2\" get a \(target) --force", bucket)
                #expect(get.status == 73)
                #expect(get.errors.contains("isn't a regular file"))
            }
            #expect(try await shell("test -p fifo && { test ! -e device || test -c device; }", bucket).status == 0)
            #expect(try scratch.names() == targets)
            #expect(bucket.requests.isEmpty)
        }
    }

    @Test func `a link stays, and the file that it names keeps its permissions`() async throws {
        try await MemoryBucket.run { bucket in
            bucket["a"] = Array("new".utf8)
            let made = try await shell(
                "mkdir real && printf old > real/file && chmod 600 real/file && ln -s real/file link", bucket)
            #expect(made.status == 0)
            #expect(try await shell("\"$r2\" get a link", bucket).status == 73)
            let get = try await shell("\"$r2\" get a link --force", bucket)
            #expect(get.status == 0, "\(get.errors)")
            let after = try await shell("test -L link && cat real/file && stat -c %a real/file && ls -A real", bucket)
            #expect(after.output == "new600\nfile\n")
        }
    }

    @Test func `a name that is too long is reported before the download`() async throws {
        try await MemoryBucket.run { bucket in
            let name = String(repeating: "n", count: 256)
            bucket[name] = [1, 2, 3]
            let get = try await shell("\"$r2\" get \(name)", bucket)
            #expect(get.status == 73)
            #expect(get.errors.contains("name too long"))
            #expect(!bucket.requests.contains { $0.hasPrefix("GET /test-bucket/n") })
            #expect(try scratch.names().isEmpty)
            let folder = try await shell("\"$r2\" get \(name) missing/b", bucket)
            #expect(folder.errors.contains("Can't write to the folder \(scratch.directory.path)/missing/"))
            // The longest name leaves no room for the ending of a state file.
            let longest = String(repeating: "n", count: 255)
            let fits = try await shell("\"$r2\" get \(name) \(longest)", bucket)
            #expect(fits.status == 0)
            #expect(fits.errors.isEmpty || !fits.errors.contains("state file"))
            #expect(try scratch.names() == [longest])
        }
    }
}
#endif
