#if Emulator
import SigV4

/// The parts of a received request that its signature covers, as R2 computes them.
///
/// Built from the bytes as sent, so that nothing hides a client's mistake. Source: the observed rules of R2's S3 API,
/// "Authentication, details".
struct CanonicalParts: Sendable {
    /// The method.
    var method: String
    /// The whole path as sent, which R2 neither decodes, encodes nor normalizes.
    var path: String
    /// The query parameters, each percent-encoded strictly.
    var parameters: [(name: [UInt8], value: [UInt8])]
    /// The signed headers in the order of the signature, in lower case.
    ///
    /// One that wasn't sent has an empty value.
    var headers: [(name: String, value: String)]
    /// The last line.
    var payload: String

    /// Creates the parts of a request.
    /// - Parameters:
    ///   - request: The request.
    ///   - signature: The signature that the request presents.
    ///   - method: The method to use instead of the request's, for a preflight request.
    init(_ request: EmulatorRequest, signature: PresentedSignature, method: String? = nil) {
        self.method = method ?? request.method
        path = request.rawPath.isEmpty ? "/" : request.rawPath
        parameters = Self.parameters(request.rawQuery ?? "")
        if signature.form == .query { parameters.removeAll { $0.name.elementsEqual("X-Amz-Signature".utf8) } }
        headers = signature.signedHeaders.map { name in
            (name, request.values(of: name).map(Self.folded).joined(separator: ","))
        }
        payload = signature.payload
    }

    /// Step 1 of Signature Version 4.
    var canonicalRequest: CanonicalRequest {
        var bytes = Array("\(method)\n\(path)\n".utf8)
        let sorted = parameters.sorted { first, second in
            first.name == second.name
                ? first.value.lexicographicallyPrecedes(second.value)
                : first.name.lexicographicallyPrecedes(second.name)
        }
        for (index, parameter) in sorted.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes += parameter.name + [UInt8(ascii: "=")] + parameter.value
        }
        bytes.append(UInt8(ascii: "\n"))
        for header in headers { bytes += "\(header.name):\(header.value)\n".utf8 }
        let names = headers.map(\.name).joined(separator: ";")
        bytes += "\n\(names)\n\(payload)".utf8
        return CanonicalRequest(received: bytes, signedHeaders: names)
    }

    /// The same parts without the values that no log may show.
    var redacted: CanonicalParts {
        var copy = self
        for index in headers.indices where Self.isSecret(headers[index].name) { copy.headers[index].value = "<secret>" }
        for index in parameters.indices
        where Self.isSecret(String(decoding: parameters[index].name, as: UTF8.self)) {
            copy.parameters[index].value = Array("<secret>".utf8)
        }
        return copy
    }

    private static func isSecret(_ name: String) -> Bool {
        let secrets = [
            "authorization", "cookie", "x-amz-security-token", "x-amz-server-side-encryption-customer-key",
            "x-amz-copy-source-server-side-encryption-customer-key",
        ]
        return secrets.contains(name.lowercased())
    }

    /// Returns the parameters of a query, decoded as an HTML form and encoded strictly.
    ///
    /// A `+` is a space. A `%` without two digits stays itself, and so becomes `%25`.
    private static func parameters(_ query: String) -> [(name: [UInt8], value: [UInt8])] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentEncoding.encode(bytes: FormDecoding.decode(Array($0))) }
            return (sides[0], sides.count > 1 ? sides[1] : [])
        }
    }

    /// Trims a value and replaces each run of spaces, but not of tabs, with one.
    private static func folded(_ value: String) -> String {
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            if byte == UInt8(ascii: " "), bytes.last == byte { continue }
            bytes.append(byte)
        }
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
#endif
