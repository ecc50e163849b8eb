#if Storage
import ArgumentParser
import R2Kit
import R2Storage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lists objects.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "Lists objects: the date they were stored, their size in bytes, and their key.",
        discussion: "Groups keys by the next / after the prefix, like folders, unless you add -r.")

    @Argument(help: "The prefix of the keys, such as videos/.")
    var prefix: KeyArgument?

    @Flag(name: .shortAndLong, help: "List all keys with the prefix.")
    var recursive = false

    @Flag(help: "List unfinished uploads.")
    var uploads = false

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var connection: ConnectionArguments

    func run() async throws {
        try await reportingFailures {
            let client = try connection.client()
            guard let prefix else { return try await list(nil, client) { _ in true } }
            let listings = try PrefixListings(prefix.text, at: client.config.endpoint)
            try await listings.forEach { form in
                try await list(form, client) { listings.isNew($0, in: form) }
            }
        }
    }

    private func list(_ prefix: String?, _ client: R2Client, where isNew: (String) -> Bool) async throws {
        if uploads {
            for try await upload in client.listMultipartUploads(prefix: prefix) where isNew(upload.key.rawValue) {
                try show(Line(key: upload.key.rawValue, uploadID: upload.uploadID.rawValue, time: upload.initiated))
            }
        } else if recursive {
            for try await object in client.list(prefix: prefix) where isNew(object.key.rawValue) {
                try show(Line(object))
            }
        } else {
            for try await entry in client.list(prefix: prefix, delimiter: "/") {
                switch entry {
                case .object(let object): if isNew(object.key.rawValue) { try show(Line(object)) }
                case .commonPrefix(let prefix): if isNew(prefix) { try show(Line(prefix: prefix)) }
                }
            }
        }
    }

    /// One line of output for an object, a prefix, or an upload.
    private struct Line: Encodable {
        var key: String?
        var prefix: String?
        var size: Int64?
        var etag: String?
        var uploadID: String?
        var time: String?

        init(_ object: ListedObject) {
            key = object.key.rawValue
            size = object.size
            etag = object.etag?.printed
            time = object.lastModified.formatted(.iso8601)
        }

        init(prefix: String) { self.prefix = prefix }

        init(key: String, uploadID: String, time: Date) {
            self.key = key
            self.uploadID = uploadID
            self.time = time.formatted(.iso8601)
        }
    }

    private func show(_ line: Line) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try Output.line(String(decoding: try encoder.encode(line), as: UTF8.self))
        } else {
            let amount = line.size.map { "\($0)" } ?? line.uploadID ?? "-"
            let name = (line.key ?? line.prefix ?? "").printable
            let time = line.time ?? ""
            try Output.line("\(time)\(spaces(20 - time.count)) \(spaces(14 - amount.count))\(amount) \(name)")
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
#endif
