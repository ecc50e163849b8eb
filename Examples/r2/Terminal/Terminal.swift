#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Output to standard error, which has progress and problems.
///
/// Results go to standard output.
enum Terminal {
    /// A Boolean value that indicates whether standard error is a terminal.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// The number of columns.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a line, or several, without anything else that could control the terminal.
    static func write(_ text: String) { print(text.printableLines + "\n") }

    /// Replaces the line with the cursor.
    static func replaceLine(with line: String) { print("\r\u{1B}[K" + line) }

    private static func print(_ text: String) { text.withCString { _ = fputs($0, stderr) } }
}

extension String {
    /// The string with control characters escaped, so that a key can't control the terminal.
    var printable: String { printable(keeping: nil) }

    /// The string with control characters other than line feeds escaped.
    var printableLines: String { printable(keeping: "\n") }

    private func printable(keeping kept: Unicode.Scalar?) -> String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case _ where scalar == kept: text.unicodeScalars.append(scalar)
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
