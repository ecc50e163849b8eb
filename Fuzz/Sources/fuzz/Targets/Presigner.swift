import HTTPTypes
import R2Kit
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The presigner: `endpoint|operation|key|lifetime|date|` and the operation's arguments.
///
/// It either throws a typed error, or returns the same URL as the general signer.
@Sendable func fuzzPresigner(_ input: FuzzInput) {
    var input = input
    let presigner = input.choice(presigners)
    let operation = input.text()
    do throws(R2ValidationError) {
        let key = try ObjectKey(input.text())
        let lifetime = input.optionalNumber().map { Duration.seconds($0) }
        let instant = Date(timeIntervalSince1970: input.double())
        let call = Call(presigner: presigner, key: key, lifetime: lifetime, instant: instant)
        switch operation {
        case "upload": try fuzzUpload(call, &input)
        case "part": try fuzzPart(call, &input)
        case "playback": try fuzzPlayback(call, &input)
        case "presign": try fuzzAnyRequest(call, &input)
        case "head": call.check(try presigner.presignHead(of: key, expiresIn: lifetime, at: instant), .head)
        default: call.check(try presigner.presignDelete(of: key, expiresIn: lifetime, at: instant), .delete)
        }
    } catch {
        Secrets.check(absentFrom: "\(error)")
    }
}

private func fuzzUpload(_ call: Call, _ input: inout FuzzInput) throws(R2ValidationError) {
    var constraints = UploadConstraints(
        contentType: input.optionalText(), contentLength: input.optionalNumber().map(Int64.init),
        cacheControl: input.optionalText())
    if let name = input.optionalText() { constraints.contentDisposition = try .attachment(filename: name) }
    if let tag = input.optionalText() {
        constraints.precondition = tag == "*" ? .ifAbsent : .ifMatch(try ETag(tag))
    }
    constraints.checksum = try checksum(from: &input)
    for field in input.rest() {
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        constraints.userMetadata[parts[0]] = parts.last
    }
    call.check(
        try call.presigner.presignUpload(
            to: call.key, constraints: constraints, expiresIn: call.lifetime, at: call.instant), .put,
        headers: constraints.allHeaders)
}

private func fuzzPart(_ call: Call, _ input: inout FuzzInput) throws(R2ValidationError) {
    let number = input.number()
    let uploadID = try UploadID(input.text())
    let length = input.optionalNumber().map(Int64.init)
    let checksum = try checksum(from: &input)
    let request = try call.presigner.presignPart(
        number, of: uploadID, key: call.key, constraints: PartConstraints(contentLength: length, checksum: checksum),
        expiresIn: call.lifetime, at: call.instant)
    check((1...10_000).contains(number), "a part \(number) is taken")
    call.check(
        request, .put, parameters: [.init("partNumber", String(number)), .init("uploadId", uploadID.rawValue)],
        headers: UploadConstraints(contentLength: length, checksum: checksum).allHeaders)
}

private func fuzzPlayback(_ call: Call, _ input: inout FuzzInput) throws(R2ValidationError) {
    var overrides = ResponseOverrides(contentType: input.optionalText(), cacheControl: input.optionalText())
    if let name = input.optionalText() { overrides.contentDisposition = try .inline(filename: name) }
    let window = try input.optionalNumber().map { (seconds) throws(R2ValidationError) in
        try SigningWindow(.seconds(seconds))
    }
    let request = try call.presigner.presignPlayback(
        of: call.key, overrides: overrides, expiresIn: call.lifetime, stableWithin: window, at: call.instant)
    var parameters: [SignableRequest.Parameter] = []
    if let text = overrides.contentType { parameters.append(.init("response-content-type", text)) }
    if let text = overrides.cacheControl { parameters.append(.init("response-cache-control", text)) }
    if let value = overrides.contentDisposition {
        parameters.append(.init("response-content-disposition", value.headerValue))
    }
    call.check(request, .get, parameters: parameters, window: window.map { Int($0.duration.components.seconds) })
}

private func fuzzAnyRequest(_ call: Call, _ input: inout FuzzInput) throws(R2ValidationError) {
    guard let method = HTTPRequest.Method(input.text()) else { return }
    var parameters: [QueryParameter] = []
    var headers = HTTPFields()
    for field in input.rest() {
        let bytes = Array(field.utf8)
        guard let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
            continue
        }
        let name = String(decoding: bytes[..<mark], as: UTF8.self)
        let value = String(decoding: bytes[(mark + 1)...], as: UTF8.self)
        if bytes[mark] == UInt8(ascii: "=") {
            parameters.append(QueryParameter(name: name, value: value))
        } else if let name = HTTPField.Name(name) {
            headers.append(HTTPField(name: name, value: value))
        }
    }
    let request = try call.presigner.presign(
        method, key: call.key, parameters: parameters, headers: headers, expiresIn: call.lifetime, at: call.instant)
    call.check(
        request, method, parameters: parameters.map { .init($0.name, $0.value) },
        headers: headers.map { .init($0.name.canonicalName, $0.value) })
}

private func checksum(from input: inout FuzzInput) throws(R2ValidationError) -> Checksum? {
    let algorithm = input.choice([Checksum.Algorithm.crc32, .md5, .crc32c, .sha1, .sha256])
    guard let base64 = input.optionalText() else { return nil }
    // Few inputs are Base64 of the right length: use other strings as the checksum's first bytes.
    if let checksum = try? Checksum(algorithm, base64: base64) { return checksum }
    let bytes = Array(base64.utf8.prefix(algorithm.length))
    return try Checksum(algorithm, bytes: bytes + Array(repeating: 0, count: algorithm.length - bytes.count))
}

extension UploadConstraints {
    /// The headers as documented, in any order.
    fileprivate var allHeaders: [SignableRequest.Header] {
        var headers: [SignableRequest.Header] = []
        if let cacheControl { headers.append(.init("cache-control", cacheControl)) }
        if let contentDisposition { headers.append(.init("content-disposition", contentDisposition.headerValue)) }
        if let contentLength { headers.append(.init("content-length", "\(contentLength)")) }
        if let contentType { headers.append(.init("content-type", contentType)) }
        if let checksum { headers.append(.init(checksum.algorithm.headerName, checksum.base64)) }
        if let precondition {
            let header = precondition.description.split(separator: ": ", maxSplits: 1).map(String.init)
            headers.append(.init(header[0], header[1]))
        }
        for (name, value) in userMetadata { headers.append(.init("x-amz-meta-\(name.lowercased())", value)) }
        return headers
    }
}
