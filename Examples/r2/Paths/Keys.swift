#if Storage
import R2Kit
import R2Storage
import Synchronization

/// The command's one rule for keys.
///
/// Every key and prefix is normalized to Unicode's composed form (NFC), in which R2 stores keys. A new key
/// has to be one that HTTP clients don't rewrite. An existing object's key can be any. Other servers than R2 may store
/// keys in another form. There, an object whose key is exactly the given one comes first.
enum Keys {
    static let slash = UInt8(ascii: "/")

    /// Returns the keys that an existing object can have, which can contain empty segments and control characters.
    /// - Parameters:
    ///   - text: The key in any form.
    ///   - endpoint: The server's address.
    /// - Returns: The composed key, after the exact one if the server may distinguish them.
    /// - Throws: An `R2ValidationError` if the key is empty or too long.
    static func candidates(_ text: String, at endpoint: R2Endpoint) throws -> [ObjectKey] {
        let forms = try forms(of: text, at: endpoint)
        // Only the composed form has to fit.
        return try forms.dropLast().compactMap { try? ObjectKey(unchecked: $0) }
            + forms.suffix(1).map { try ObjectKey(unchecked: $0) }
    }

    /// Returns the first of some keys under which there is an object, or `nil` if none is found.
    ///
    /// Without the right to list, S3 responds with 403 if there is no such object. So a key that is forbidden is passed
    /// over, but only if there is an object under a later one.
    static func existing(among candidates: some Sequence<ObjectKey>, in client: R2Client) async throws -> ObjectKey? {
        var forbidden: R2Error?
        for key in candidates {
            do {
                _ = try await client.head(key)
                return key
            } catch let error as R2Error where error.isNotFound {
            } catch let error as R2Error where error.status == 403 {
                forbidden = forbidden ?? error
            }
        }
        if let forbidden { throw forbidden }
        return nil
    }

    /// Returns the forms of a key or prefix in which a server may store it: the composed one, after the exact one if
    /// that is another one.
    static func forms(of text: String, at endpoint: R2Endpoint) throws -> [String] {
        let composed = try composed(text)
        let isSame = endpoint.isCloudflare || composed.utf8.elementsEqual(text.utf8)
        return isSame ? [composed] : [text, composed]
    }

    /// Returns a key or prefix in its composed form.
    static func composed(_ text: String) throws -> String {
        var result = ""
        // Neither a slash nor a control character composes with another character, so each run stands alone.
        var run: [UInt8] = []
        func endRun() throws {
            let text = String(decoding: run, as: UTF8.self)
            let isPlain = run.allSatisfy { $0 < 0x80 }
            result += isPlain ? text : try ObjectKey(text).rawValue
            run = []
        }
        for byte in text.utf8 {
            guard byte == slash || byte < 0x20 || byte == 0x7F else {
                run.append(byte)
                continue
            }
            try endRun()
            result.unicodeScalars.append(Unicode.Scalar(byte))
        }
        try endRun()
        return result
    }

    /// Returns the bytes after the last slash of a key, which are empty if the key ends with one.
    static func lastComponent(of key: String) -> [UInt8] {
        key.utf8.split(separator: slash, omittingEmptySubsequences: false).last.map(Array.init) ?? []
    }
}

/// The listings of a prefix in each form in which a server may store it, so that no name is listed twice.
final class PrefixListings: Sendable {
    private let exact: String
    private let forms: [String]
    private let serverComposes = Atomic(false)

    init(_ prefix: String, at endpoint: R2Endpoint) throws {
        exact = prefix
        forms = try Keys.forms(of: prefix, at: endpoint)
    }

    /// Calls a closure with each form that has to be listed.
    func forEach(_ list: (String) async throws -> Void) async throws {
        for form in forms {
            // A server that composes names finds all of them by the exact form.
            if serverComposes.load(ordering: .relaxed) { return }
            try await list(form)
        }
    }

    /// Returns whether a name in the listing of a form wasn't in an earlier listing.
    func isNew(_ name: String, in form: String) -> Bool {
        guard forms.count > 1 else { return true }
        let isExact = name.utf8.starts(with: exact.utf8)
        guard form.utf8.elementsEqual(exact.utf8) else { return !isExact }
        if !isExact { serverComposes.store(true, ordering: .relaxed) }
        return true
    }
}

extension ETag {
    /// The tag in the form in which `--etag` takes it: as a header if it is weak, and otherwise without its quotation
    /// marks.
    var printed: String { isWeak ? headerValue : opaqueValue }
}
#endif
