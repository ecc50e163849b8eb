#if Storage
import ArgumentParser
import R2Storage

/// The process's arguments as strings that keep every byte.
///
/// Arguments are bytes, but the parser takes strings. A byte that isn't part of UTF-8 becomes a character of a private
/// range, and ``bytes(of:)`` turns it back.
enum RawArguments {
    /// The private characters stand for the bytes 0x80 to 0xFF.
    private static let base: UInt32 = 0x10FF00
    private static let range: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

    /// The arguments of the process, without its name.
    static var all: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { start in
                var bytes: [UInt8] = []
                var position = start
                while position.pointee != 0 {
                    bytes.append(UInt8(bitPattern: position.pointee))
                    position += 1
                }
                return string(of: bytes)
            }
        }
    }

    private static func string(of bytes: [UInt8]) -> String {
        LocalPath(bytes: bytes).string(replacing: { range.contains($0.value) }) { byte in
            Unicode.Scalar(base + UInt32(byte)).map { String(Character($0)) } ?? ""
        }
    }

    /// Divides an argument such as `--prefix=VALUE` if its value starts with a character that joins the equals sign,
    /// such as a combining mark.
    ///
    /// The parser looks for the equals sign as a character of its own.
    static func separated(_ argument: String) -> [String] {
        let sign = UInt8(ascii: "=")
        guard argument.utf8.starts(with: "--".utf8), let position = argument.utf8.firstIndex(of: sign),
            argument.firstIndex(of: "=") != position
        else { return [argument] }
        let value = argument.utf8[argument.utf8.index(after: position)...]
        return [String(argument.utf8[..<position]) ?? argument, String(value) ?? ""]
    }

    /// Returns the bytes of an argument.
    static func bytes(of argument: String) -> [UInt8] {
        argument.unicodeScalars.flatMap { scalar -> [UInt8] in
            range.contains(scalar.value) ? [UInt8(scalar.value - base)] : Array(String(scalar).utf8)
        }
    }
}

/// A path on the command line.
struct PathArgument: ExpressibleByArgument {
    let path: LocalPath

    init?(argument: String) {
        guard !argument.utf8.isEmpty else { return nil }
        path = LocalPath(bytes: RawArguments.bytes(of: argument))
    }

    /// A Boolean value that indicates whether the argument stands for standard input or output.
    var isStandardStream: Bool { path.bytes == [UInt8(ascii: "-")] }
}

/// A key, or the start of one, on the command line.
struct KeyArgument: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard let text = LocalPath(bytes: RawArguments.bytes(of: argument)).exactString else { return nil }
        self.text = text
    }
}
#endif
