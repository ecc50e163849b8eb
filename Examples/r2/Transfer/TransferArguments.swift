#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// What all transfers take.
struct TransferArguments: ParsableArguments {
    @Option(help: "How many parts or ranges are moved at the same time.")
    var concurrency = 8

    @Option(help: "The folder for the state of an unfinished transfer; by default beside the local file.")
    var stateFolder: String?

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    mutating func validate() throws {
        guard (1...256).contains(concurrency) else { throw ValidationError("--concurrency takes 1 to 256.") }
        if let stateFolder, !Paths.isFolder(stateFolder) {
            throw ValidationError("--state-folder names no folder: make it first.")
        }
    }

    func state(of file: String, _ direction: StateFile.Direction) -> StateFile {
        StateFile(of: file, direction, folder: stateFolder)
    }

    func run(_ config: R2Config, _ file: String, _ state: StateFile) -> TransferRun {
        TransferRun(
            config: config, file: file, state: state,
            display: ProgressDisplay(label: Paths.name(of: file), isQuiet: quiet))
    }
}

/// Sizes in bytes, as people write them.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int64

    /// Takes `8388608`, `8192K` or `8M`, in powers of 1024.
    init?(argument: String) {
        let units: [Character: Int64] = ["K": 1024, "M": 1024 * 1024, "G": 1024 * 1024 * 1024]
        let unit = argument.uppercased().last.flatMap { units[$0] }
        guard let count = Int64(unit == nil ? argument : String(argument.dropLast())), count > 0 else { return nil }
        let (bytes, overflows) = count.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflows else { return nil }
        self.bytes = bytes
    }
}
#endif
