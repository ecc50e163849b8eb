#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Deletes objects.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Deletes objects, or aborts an unfinished upload.",
        discussion: "R2 does not tell whether there was an object: a key that has none is no error.")

    @Argument(help: "The objects' keys.")
    var keys: [String] = []

    @Option(help: "Delete all objects whose keys begin with this.")
    var prefix: String?

    @Flag(help: "Do delete all objects with the prefix; without this they are only named.")
    var yes = false

    @Option(name: .customLong("upload-id"), help: "Abort this upload of the key: see r2 ls --uploads.")
    var uploadID: String?

    mutating func validate() throws {
        guard keys.isEmpty != (prefix == nil) else { throw ValidationError("Give keys, or --prefix.") }
        guard prefix != "" else { throw ValidationError("--prefix takes what the keys begin with, such as tmp/.") }
        guard uploadID == nil || keys.count == 1 else { throw ValidationError("--upload-id takes the upload's key.") }
    }

    func run() async throws {
        try await reporting {
            let client = R2Client(try R2Config())
            if let uploadID, let key = keys.first {
                try await client.abortMultipartUpload(try UploadID(uploadID), key: try ObjectKey(unchecked: key))
            } else if let prefix {
                try await removeAll(prefix, client)
            } else {
                // Unchecked, so that objects under keys that R2Kit would not make can be removed.
                try report(try await client.deleteObjects(keys.map { try ObjectKey(unchecked: $0) }))
            }
        }
    }

    private func removeAll(_ prefix: String, _ client: R2Client) async throws {
        let keys = client.list(prefix: prefix).map(\.key)
        guard yes else {
            var count = 0
            for try await key in keys {
                print(key.rawValue.printable)
                count += 1
            }
            Terminal.say("r2: \(count) objects would be deleted; add --yes to do it.")
            return
        }
        let failures = try await client.deleteObjects(keys) { tell($0) }
        guard failures == 0 else { throw Failure("\(failures) objects could not be deleted.") }
    }

    private func report(_ deletions: [R2Deletion]) throws {
        for deletion in deletions { tell(deletion) }
        let errors = deletions.compactMap(\.error)
        guard errors.isEmpty else { throw Failure("\(errors.count) objects could not be deleted.") }
    }

    private func tell(_ deletion: R2Deletion) {
        let key = deletion.key.rawValue.printable
        if let error = deletion.error { Terminal.say("r2: \(key): \(error)") } else { print(key) }
    }
}
#endif
