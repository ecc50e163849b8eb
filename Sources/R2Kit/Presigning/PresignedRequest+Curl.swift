internal import HTTPTypes
internal import SigV4

extension PresignedRequest {
    /// A `curl` command that sends the request, for people to paste into a shell.
    ///
    /// It contains the signature.
    /// - Parameter file: For a PUT the file to upload, for a GET the file to write; `nil` for a PUT means standard
    ///   input, for a GET standard output.
    /// - Returns: One line, quoted for POSIX shells.
    public func curlCommand(file: String? = nil) -> String {
        // Without `--globoff` curl takes brackets and braces in a file's name for a pattern.
        var words = ["curl", "--fail-with-body", "--globoff"]
        // curl folds dot segments in a path unless told otherwise; only keys made with `unchecked` have them.
        if url.contains("/.") { words.append("--path-as-is") }
        switch method {
        case .put:
            // R2 does not answer `Expect: 100-continue`, which curl sends with large bodies.
            words += uploadWords(file) + ["--header", Self.quoted("Expect:")]
        case .head: words.append("--head")
        case .get: if let file { words += ["--output", Self.quoted(file)] }
        default: words += ["--request", Self.quoted(method.rawValue)]
        }
        for header in signedHeaders.list {
            // curl counts the body by itself.
            if header.name == "content-length" { continue }
            words += ["--header", Self.quoted("\(header.name): \(header.value)")]
        }
        words.append(Self.quoted(url))
        return words.joined(separator: " ")
    }

    /// How curl is told what to upload.
    private func uploadWords(_ file: String?) -> [String] {
        let path = url.prefix { $0 != "?" }
        let isDirectory = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        if let file, !isDirectory { return ["--upload-file", Self.quoted(Self.name(file))] }
        // `--upload-file` would send standard input in chunks, which R2 refuses, and add the file's name to such a path.
        // `--data-binary` reads all of it first, and sends a type of its own unless told otherwise.
        var words = ["--request", "PUT", "--data-binary", Self.quoted("@\(file.map(Self.name) ?? "-")")]
        if !signedHeaders.list.contains(where: { $0.name == "content-type" }) {
            words += ["--header", Self.quoted("Content-Type:")]
        }
        return words
    }

    /// A word that a POSIX shell reads as `text`.
    ///
    /// It looks at bytes, as shells do: a quotation mark with a combining mark behind it is one `Character`, but ends a quotation
    /// all the same.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "-._/:".utf8.contains($0)
            }
        if isPlain { return text }
        var word = [UInt8(ascii: "'")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "'") { word += "'\\''".utf8 } else { word.append(byte) }
        }
        word.append(UInt8(ascii: "'"))
        return String(decoding: word, as: UTF8.self)
    }

    /// A file's name that curl does not take for standard input.
    private static func name(_ file: String) -> String { file == "-" || file == "." ? "./\(file)" : file }
}
