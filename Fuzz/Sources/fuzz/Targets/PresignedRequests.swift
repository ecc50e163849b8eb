import HTTPTypes
import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON form of presigned requests, and the `curl` command made of one.
///
/// An input that starts with `{` is read as JSON. Any other is `method|url|expiry|file|name: value|…`.
@Sendable func fuzzPresignedRequest(_ input: FuzzInput) {
    if input.bytes.first == UInt8(ascii: "{") {
        guard let request = try? JSONDecoder().decode(PresignedRequest.self, from: Data(input.bytes)) else { return }
        checkRequest(request, file: nil)
        return
    }
    var input = input
    guard let method = HTTPRequest.Method(input.text()) else { return }
    let url = input.text()
    // The years 1970 to 9999, as presigners return them.
    let expiry = Date(timeIntervalSince1970: Double(UInt(bitPattern: input.number()) % 253_402_300_800))
    let file = input.optionalText()
    var headers = HTTPFields()
    for field in input.rest() {
        let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let name = HTTPField.Name(parts[0]), HTTPField.isValidValue(parts[1]) else { continue }
        // Two fields of one name are the same as one with both values, unless one of them is empty.
        if let other = headers[name], other.isEmpty || parts[1].isEmpty { continue }
        headers.append(HTTPField(name: name, value: parts[1]))
    }
    checkRequest(PresignedRequest(method: method, url: url, headers: headers, expiresAt: expiry), file: file)
}

private func checkRequest(_ request: PresignedRequest, file: String?) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let first = required("its own JSON form") { try encoder.encode(request) }
    let read = required("its own JSON form") { try JSONDecoder().decode(PresignedRequest.self, from: first) }
    let second = required("its own JSON form") { try encoder.encode(read) }
    check(
        first == second, "\(String(decoding: first, as: UTF8.self)) becomes \(String(decoding: second, as: UTF8.self))")
    check(read.url.isSame(request.url) && read.method == request.method, "the JSON form is of another request: \(read)")
    for name in Set(request.headers.map(\.name)) {
        check(read.headers[name] == request.headers[name], "\(name) differs after JSON")
    }

    // Everything after the first question mark is secret.
    let target = String(Substring(request.url.utf8.prefix { $0 != UInt8(ascii: "?") }))
    let shown = "\(request.method) \(target)?<signed> (headers: ["
    check("\(request)".utf8.starts(with: shown.utf8), "the description shows something else: \(request)")

    let words = shellWords(request.curlCommand(file: file))
    check(
        words?.first == "curl" && words?.last?.isSame(request.url) == true,
        "the shell reads another URL: \(words ?? [])")
    if let file, [.put, .get].contains(request.method) {
        // curl reads some names as standard input unless a folder precedes them, and some options need an '@'.
        let spellings = [file, "./\(file)", "@\(file)", "@./\(file)"]
        let isThere = words?.contains { word in spellings.contains { word.isSame($0) } } == true
        check(isThere, "the shell reads another file: \(words ?? [])")
    }
    // One word for each header, one to remove `Expect`, and one to remove a type that wasn't requested.
    let headerWords = zip(words ?? [], words?.dropFirst() ?? []).count { option, _ in option == "--header" }
    check(headerWords <= request.headers.count + 2, "the shell reads other headers: \(words ?? [])")
}

/// Returns the words of a command as a POSIX shell reads it.
///
/// `nil` if anything but quotation marks and `\'` has a meaning.
private func shellWords(_ command: String) -> [String]? {
    var words: [[UInt8]] = [[]]
    var isQuoted = false
    var bytes = Array(command.utf8)[...]
    while let byte = bytes.popFirst() {
        switch byte {
        case UInt8(ascii: "'"): isQuoted.toggle()
        case _ where isQuoted: words[words.count - 1].append(byte)
        case UInt8(ascii: " "): words.append([])
        case UInt8(ascii: "\\"):
            guard bytes.popFirst() == UInt8(ascii: "'") else { return nil }
            words[words.count - 1].append(UInt8(ascii: "'"))
        default:
            guard String(decoding: [byte], as: UTF8.self).isUnreserved(or: ":/") else { return nil }
            words[words.count - 1].append(byte)
        }
    }
    return isQuoted ? nil : words.map { String(decoding: $0, as: UTF8.self) }
}
