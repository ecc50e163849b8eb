internal import HTTPTypes
internal import SigV4

extension PresignedRequest {
    /// Returns a `curl` command that sends the request, to be pasted into a shell.
    ///
    /// It contains the signature.
    /// - Parameter file: For a PUT, the file to upload, or `nil` for standard input. For a GET, the file to write, or
    ///   `nil` for standard output.
    /// - Returns: One line, quoted for POSIX shells.
    public func curlCommand(file: String? = nil) -> String {
        // Without `--globoff` curl reads brackets and braces in a filename as a pattern.
        var words = ["curl", "--fail-with-body", "--globoff"]
        // curl removes dot segments from a path by default. Only keys made with `unchecked` have them.
        if url.contains("/.") { words.append("--path-as-is") }
        switch method {
        case .put:
            // R2 doesn't respond to `Expect: 100-continue`, which curl sends with large bodies.
            words += uploadWords(file) + ["--header", Self.quoted("Expect:")]
        case .head: words.append("--head")
        case .get: if let file { words += ["--output", Self.quoted(file)] }
        default: words += ["--request", Self.quoted(method.rawValue)]
        }
        for header in signedHeaders.list {
            // curl determines the length itself.
            if header.name == "content-length" { continue }
            // After a colon without a value, curl doesn't send the header.
            let line = header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            words += ["--header", Self.quoted(line)]
        }
        words.append(Self.quoted(url))
        return words.joined(separator: " ")
    }

    /// Returns the options that name the body.
    private func uploadWords(_ file: String?) -> [String] {
        let path = url.prefix { $0 != "?" }
        let isDirectory = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        if let file, !isDirectory { return ["--upload-file", Self.quoted(Self.name(file))] }
        // `--upload-file` would send standard input in chunks, which R2 rejects, and add the filename to such a path.
        // `--data-binary` reads all of it first, and sends its own content type by default.
        var words = ["--request", "PUT", "--data-binary", Self.quoted("@\(file.map(Self.name) ?? "-")")]
        if !signedHeaders.list.contains(where: { $0.name == "content-type" }) {
            words += ["--header", Self.quoted("Content-Type:")]
        }
        return words
    }

    /// Returns a word that a POSIX shell reads as `text`.
    ///
    /// It works on bytes, as shells do: a quotation mark followed by a combining mark is one `Character`, but still
    /// ends a quotation.
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

    /// Returns a filename that curl doesn't read as standard input.
    private static func name(_ file: String) -> String { file == "-" || file == "." ? "./\(file)" : file }
}
