#if Emulator
import Dispatch
import R2Emulator
import R2Kit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#else
import Darwin
#endif

/// The variables that clients read.
enum Exports {
    /// Returns lines for a shell.
    static func text(_ emulator: R2Emulator, _ arguments: Arguments) -> String {
        let variables = [
            ("R2_ENDPOINT", emulator.url), ("R2_BUCKET_NAME", emulator.config.bucket.rawValue),
            ("R2_ACCESS_KEY_ID", arguments.accessKeyID), ("R2_SECRET_ACCESS_KEY", arguments.secretAccessKey),
        ]
        return variables.map { "export \($0.0)=\(quoted($0.1))" }.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]".utf8.contains(byte)
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

/// The command's output to people.
enum Console {
    /// Prints a text at once, also into a pipe.
    static func show(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// Prints a message to standard error, and ends the process.
    static func fail(_ message: String, status: Int32) -> Never {
        let bytes = Array("\(message)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        exit(status)
    }
}

/// The signals that end the command.
enum Signals {
    /// Waits for SIGINT or SIGTERM.
    static func waitForEnd() async {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM].map { number in
            // The source reports the signal, which would otherwise end the process.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}
#endif
