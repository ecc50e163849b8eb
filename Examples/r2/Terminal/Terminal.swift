#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard error: what is told of the work, apart from its result.
enum Terminal {
    /// Whether somebody watches.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// How many columns there are.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a line.
    static func say(_ line: String) { write(line + "\n") }

    /// Writes over the line where the cursor stands.
    static func replace(with line: String) { write("\r\u{1B}[K" + line) }

    private static func write(_ text: String) { text.withCString { _ = fputs($0, stderr) } }
}

extension String {
    /// The text with control characters spelled out, so that a key cannot steer the terminal.
    var printable: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
