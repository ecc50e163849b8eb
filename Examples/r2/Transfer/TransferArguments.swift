#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// The arguments of all transfers.
struct TransferArguments: ParsableArguments {
    @Option(help: "The number of parts or ranges to transfer at the same time, from 1 to 256.")
    var concurrency = 8

    @Option(
        help: "The folder for the state file of an unfinished transfer. The default is the folder of the local file.")
    var stateFolder: PathArgument?

    @Flag(name: .shortAndLong, help: "Don't show progress.")
    var quiet = false

    mutating func validate() throws {
        guard (1...256).contains(concurrency) else {
            throw ValidationError("Invalid --concurrency: expected 1 to 256.")
        }
        if let stateFolder, !Paths.isFolder(stateFolder.path) {
            throw ValidationError("Invalid --state-folder: the folder doesn't exist.")
        }
    }

    func state(of file: LocalPath, _ direction: StateFile.Direction) throws -> StateFile {
        try StateFile(of: file, direction, folder: stateFolder?.path)
    }

    /// Returns the run of a new transfer.
    ///
    /// Call it while the state is locked.
    func run(for file: LocalPath, state: StateFile?, config: R2Config) -> TransferRun {
        TransferRun(
            config: config, file: file, state: state, stateProblem: state?.writeProblem(),
            display: ProgressDisplay(label: LocalPath(bytes: file.lastComponent).printable, isQuiet: quiet))
    }
}

/// A number of bytes, with an optional unit.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int64

    /// Creates a byte count from a string such as `8388608`, `8192K`, or `8M`.
    ///
    /// The units are powers of 1024.
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
