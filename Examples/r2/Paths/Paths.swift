#if Storage
import R2Storage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Operations on local paths.
enum Paths {
    /// Returns the absolute path, which stays valid when the command runs in another folder.
    static func absolute(_ path: LocalPath) throws -> LocalPath {
        guard !path.isAbsolute else { return path }
        guard let folder = getcwd(nil, 0) else {
            throw Failure("The current folder doesn't exist anymore: \(reason()).", status: ExitStatus.noInput)
        }
        defer { free(folder) }
        var bytes: [UInt8] = []
        var position = folder
        while position.pointee != 0 {
            bytes.append(UInt8(bitPattern: position.pointee))
            position += 1
        }
        return LocalPath(bytes: bytes).appending(path.bytes)
    }

    static func exists(_ path: LocalPath) -> Bool { ((try? path.kind()) ?? nil) != nil }

    static func isFolder(_ path: LocalPath) -> Bool { (try? path.kind()) == .folder }

    static func remove(_ path: LocalPath) { _ = try? path.withSystemPath { unlink($0) } }

    /// Returns a Boolean value that indicates whether the file system refuses the path because its name is too long.
    static func isTooLong(_ path: LocalPath) -> Bool {
        do { _ = try path.kind(followsLinks: false) } catch let error as R2FileError {
            return error.errorNumber == ENAMETOOLONG
        } catch {}
        return false
    }

    /// Returns a Boolean value that indicates whether an error reports a file that exists and must not be replaced.
    static func existsAlready(_ error: (any Error)?) -> Bool { (error as? R2FileError)?.errorNumber == EEXIST }

    /// Returns the contents of a file.
    static func contents(_ path: LocalPath) throws -> [UInt8] {
        let descriptor = try path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Failure(reason()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 || errno == EINTR else { throw Failure(reason()) }
            guard count != 0 else { return bytes }
            if count > 0 { bytes += buffer[..<count] }
        }
    }

    /// Replaces a file atomically.
    static func write(_ bytes: [UInt8], to path: LocalPath) throws {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = LocalPath(bytes: path.folder.bytes + Array(".r2-\(digits).tmp".utf8))
        let descriptor = try temporary.withSystemPath { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else { throw Failure(reason()) }
        do {
            defer { close(descriptor) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
                guard count >= 0 || errno == EINTR else { throw Failure(reason()) }
                rest = rest.dropFirst(max(0, count))
            }
            let result = try temporary.withSystemPath { old in try path.withSystemPath { rename(old, $0) } }
            guard result == 0 else { throw Failure(reason()) }
        } catch {
            remove(temporary)
            throw error
        }
    }

    /// The system's words for the last error.
    private static func reason() -> String { String(cString: strerror(errno)) }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}

extension LocalPath {
    /// The size of the file, in bytes, or `nil` if it can't be found out.
    var size: Int64? {
        var status = stat()
        guard (try? withSystemPath { stat($0, &status) }) == 0 else { return nil }
        return Int64(status.st_size)
    }

    /// The path for messages, without anything that could control the terminal.
    var printable: String { description.printable }

    /// The path quoted for a shell.
    var quoted: String {
        let isPlain = bytes.allSatisfy { byte in
            "/._-+=:,@%".utf8.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        }
        if isPlain, let exactString { return exactString }
        let quote = UInt8(ascii: "'")
        if let exactString, exactString.printable.utf8.elementsEqual(exactString.utf8) {
            let parts = bytes.split(separator: quote, omittingEmptySubsequences: false)
            return "'" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "'\\''") + "'"
        }
        // The quotation of bash, ksh and zsh for any bytes.
        let text = string(
            replacing: { scalar in
                scalar == "'" || scalar == "\\" || !String(scalar).printable.utf8.elementsEqual(String(scalar).utf8)
            }
        ) { byte in "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return "$'" + text + "'"
    }
}
#endif
