#if Emulator
import R2Emulator

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The command `r2-emulator`.
@main
enum Command {
    static func main() async {
        do {
            let arguments = try Arguments(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
            guard !arguments.showsHelp else {
                print(Arguments.help)
                return
            }
            let emulator = try await R2Emulator.start(arguments.options)
            Console.show("\(Exports.text(emulator, arguments))\n\n# Running. Press Ctrl-C to stop.")
            await Signals.waitForEnd()
            await emulator.stop()
        } catch let error as UsageError {
            Console.fail("r2-emulator: \(error.message)\nRun r2-emulator --help for its options.", status: 64)
        } catch {
            Console.fail("r2-emulator: \(error)", status: 1)
        }
    }
}
#else
@main
enum Command {
    static func main() {
        print("r2-emulator requires the package trait Emulator: swift run --traits Emulator r2-emulator")
    }
}
#endif
