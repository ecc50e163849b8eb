#if Storage
import R2Kit
import R2Storage

/// Advice about what is left of a transfer that failed.
extension TransferRun {
    /// The errors after which parts are left, but can't be used.
    private static let unresumable: Set<TransferError.Code?> = [.sourceChanged, .partsDoNotFit]

    /// Returns what to do about a transfer whose state is stored.
    func resumption(after failure: TransferError?) -> String {
        let path = state?.path.quoted ?? ""
        switch failure?.code {
        case let code where Self.unresumable.contains(code):
            let restart = "To abort the unfinished upload and start over: r2 put --restart \(file.quoted) …"
            guard code == .sourceChanged, let total = failure?.uploadToken?.totalLength, total == file.size else {
                return restart
            }
            return restart
                + "\nIf only the file's modification time moved: r2 resume --ignore-modification-time \(path)"
        case .uploadNotFound: return "To start over: r2 put --restart \(file.quoted) …"
        case .partialFileLost:
            return "The state file is still there. To start over: r2 get --restart … \(file.quoted)"
        default:
            let partial = failure?.downloadToken?.partialFile
            guard let partial, Paths.existsAlready(failure?.underlyingError) else {
                return "To resume: r2 resume \(path)"
            }
            return "The partial file is \(partial.printable). To replace the existing file: r2 resume --force \(path)"
        }
    }

    /// Returns how to remove what is left of a transfer whose state isn't stored, or `nil` if nothing is left.
    func removal(after failure: TransferError?) -> String? {
        if let token = failure?.uploadToken {
            let (id, key) = (LocalPath(token.uploadID.rawValue), LocalPath(token.key.rawValue))
            // A key that starts with a hyphen would be taken for an option.
            let end = key.bytes.first == UInt8(ascii: "-") ? "-- " : ""
            return "Parts of the upload are left in R2. To abort it: r2 rm --upload-id=\(id.quoted) \(end)\(key.quoted)"
        }
        guard let partial = failure?.downloadToken?.partialFile, Paths.exists(partial) else { return nil }
        return "The partial file is left. To remove it: rm \(partial.quoted)"
    }
}
#endif
