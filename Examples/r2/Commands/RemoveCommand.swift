#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Deletes objects.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Deletes objects, or aborts an unfinished upload.",
        discussion: "Succeeds even if an object doesn't exist.")

    @Argument(help: "The objects' keys.")
    var keys: [KeyArgument] = []

    @Option(help: "Delete all objects whose keys have this prefix.")
    var prefix: KeyArgument?

    @Flag(help: "Delete all objects with the prefix. Without this flag, only list their keys.")
    var yes = false

    @Option(name: .customLong("upload-id"), help: "Abort this upload to the key. To find it, use r2 ls --uploads.")
    var uploadID: String?

    @OptionGroup var connection: ConnectionArguments

    mutating func validate() throws {
        guard keys.isEmpty != (prefix == nil) else { throw ValidationError("Use either keys or --prefix.") }
        guard prefix?.text.utf8.isEmpty != true else {
            throw ValidationError("Invalid --prefix: expected the start of the keys, such as tmp/.")
        }
        guard uploadID == nil || keys.count == 1 else { throw ValidationError("--upload-id requires exactly one key.") }
    }

    func run() async throws {
        try await reportingFailures {
            let client = try connection.client()
            if let uploadID, let key = keys.first {
                try await abort(try UploadID(uploadID), key, client)
            } else if let prefix {
                try await removeAll(try PrefixListings(prefix.text, at: client.config.endpoint), client)
            } else {
                var existing: [ObjectKey] = []
                for key in keys { existing.append(try await existingKey(key, client)) }
                try report(try await client.deleteObjects(existing))
            }
        }
    }

    /// Returns the key of the object to delete, which doesn't have to exist.
    private func existingKey(_ key: KeyArgument, _ client: R2Client) async throws -> ObjectKey {
        let candidates = try Keys.candidates(key.text, at: client.config.endpoint)
        guard candidates.count > 1 else { return candidates[0] }
        return try await Keys.existing(among: candidates, in: client) ?? candidates[candidates.count - 1]
    }

    private func abort(_ id: UploadID, _ key: KeyArgument, _ client: R2Client) async throws {
        let candidates = try Keys.candidates(key.text, at: client.config.endpoint)
        for (index, key) in candidates.enumerated() {
            do {
                return try await client.abortMultipartUpload(id, key: key)
            } catch let error as R2Error where error.isNotFound && index < candidates.count - 1 {}
        }
    }

    private func removeAll(_ listings: PrefixListings, _ client: R2Client) async throws {
        var (count, failures) = (0, 0)
        try await listings.forEach { prefix in
            let keys = client.list(prefix: prefix).map(\.key).filter { listings.isNew($0.rawValue, in: prefix) }
            if yes {
                failures += try await client.deleteObjects(keys) { try report($0) }
                return
            }
            for try await key in keys {
                try Output.line(key.rawValue.printable)
                count += 1
            }
        }
        if !yes { Terminal.write("r2: \(count) objects would be deleted. To delete them, add --yes.") }
        guard failures == 0 else { throw Failure("\(failures) objects couldn't be deleted.") }
    }

    private func report(_ results: [DeletionResult]) throws {
        for result in results { try report(result) }
        let errors = results.compactMap(\.error)
        guard errors.isEmpty else { throw Failure("\(errors.count) objects couldn't be deleted.") }
    }

    private func report(_ result: DeletionResult) throws {
        let key = result.key.rawValue.printable
        if let error = result.error { Terminal.write("r2: \(key): \(error)") } else { try Output.line(key) }
    }
}
#endif
