#if Delivery
import Foundation
import HTTPTypes
import Testing

/// The expected responses, in files beside the tests.
///
/// Run the tests with the environment variable `R2KIT_WRITE_GOLDEN` to write the files, then look at the difference.
enum Golden {
    /// Expects a response as in the file with a name.
    ///
    /// Identifiers, signatures, dates and ports differ from run to run, and are replaced by their kind.
    /// - Parameters:
    ///   - name: The name of the file, without its extension.
    ///   - reply: The response.
    ///   - names: Further strings that differ from run to run, by what they are called in the file.
    ///   - sourceLocation: The place of the call.
    /// - Throws: An error if the file can't be read.
    static func expect(
        _ name: String, _ reply: Reply, naming names: KeyValuePairs<String, String> = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Golden/\(name).txt")
        let text = try form(reply, names)
        if ProcessInfo.processInfo.environment["R2KIT_WRITE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == expected, sourceLocation: sourceLocation)
    }

    private static func form(_ reply: Reply, _ names: KeyValuePairs<String, String>) throws -> String {
        var lines = ["\(reply.status)"]
        for field in reply.headers.sorted(by: { $0.name.canonicalName < $1.name.canonicalName })
        where field.name != .contentLength {
            lines.append("\(field.name.canonicalName): \(field.value)")
        }
        var text = lines.joined(separator: "\n") + "\n\n"
        if let json = reply.json {
            let data = try JSONSerialization.data(
                withJSONObject: json,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
            )
            text += String(decoding: data, as: UTF8.self) + "\n"
        } else {
            text += reply.text
        }
        for (value, name) in names { text = text.replacing(value, with: name) }
        return normalized(text)
    }

    private static func normalized(_ text: String) -> String {
        var text = text.replacing(#/http://127\.0\.0\.1:\d+/#, with: "http://R2")
        text = text.replacing(#/X-Amz-(Credential|Date|Signature)=[^&"\s]+/#) { "X-Amz-\($0.output.1)=…" }
        text = text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#, with: "DATE")
        text = text.replacing(#/\/play\/(playlist|segment|key)\/[A-Za-z0-9_-]+/#) { "/play/\($0.output.1)/TOKEN" }
        // The same identifier has the same number in a file.
        var numbers: [Substring: Int] = [:]
        return text.replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#) { match in
            let number = numbers[match.output, default: numbers.count + 1]
            numbers[match.output] = number
            return "UUID-\(number)"
        }
    }
}
#endif
