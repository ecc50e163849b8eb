#if FUZZ_EMULATOR
import Foundation
import SigV4

@testable import R2Emulator

/// The emulator's check of signatures: `form|method|path|lifetime|time|place|byte|name=value|…|name: value|…`.
///
/// It never traps, accepts what the signer signs, and refuses it after a change, unless the change means the same. It
/// refuses any request that nobody has signed. No refusal shows a secret or the right signature.
@Sendable func fuzzEmulatorRequest(_ input: FuzzInput) {
    var input = input
    let form = input.number()
    let method = input.text()
    let path = input.text()
    let lifetime = input.number()
    guard let time = try? SigningTime(secondsSinceEpoch: Int64(input.number())) else { return }
    let (place, byte) = (input.number(), UInt8(truncatingIfNeeded: input.number()))
    let now = Date(timeIntervalSince1970: Double(time.secondsSinceEpoch))
    let fields = input.rest()
    check(refusal(of: unsigned(method, path, fields), at: now) != nil, "a request is accepted that nobody has signed")

    var signable = SignableRequest(method: method, path: path, headers: [.init("host", "h")])
    for (name, value, isHeader) in fields.compactMap(field) where name.lowercased() != "host" {
        if isHeader { signable.headers.append(.init(name, value)) } else { signable.query.append(.init(name, value)) }
    }
    guard !path.utf8.contains(where: { "?#".utf8.contains($0) }) else { return }
    let signed: EmulatorRequest
    let hex: String
    if form & 1 == 0 {
        guard let result = try? signer.sign(signable, payload: .unsigned, at: time) else { return }
        hex = result.signature.hex
        signed = request(signable, result.headers)
    } else {
        guard let result = try? signer.presign(signable, expiresIn: .seconds(lifetime), at: time) else { return }
        hex = result.signature.hex
        signed = EmulatorRequest(
            method: method, target: "\(path)?\(result.query)", headers: signable.headers.map { ($0.name, $0.value) })
    }
    // R2 folds spaces only, and the signer tabs as well.
    guard !signable.headers.contains(where: { $0.value.utf8.contains(9) }) else { return }
    if let refusal = refusal(of: signed, at: now) {
        check(false, "a signed request is refused: \(refusal.code) \(refusal.message)")
    }

    let changed = change(signed, at: place, to: byte)
    if let refusal = refusal(of: changed, at: now) {
        let shown = "\(refusal.message) \(refusal.explanation ?? "")"
        check(refusal.code != "SignatureDoesNotMatch" || !shown.hasBytes(hex), "a refusal shows the right signature")
    } else {
        check(canonical(changed, form, hex) == canonical(signed, form, hex), "a changed request is accepted")
    }
}

private let signer = Signer(
    credentials: SigningCredentials(accessKeyID: "AKID/EXAMPLE", secretAccessKey: Secrets.key), region: "auto",
    service: "s3", rules: .s3)
private let authenticator = Authenticator(keys: [AccessKey(id: "AKID/EXAMPLE", secret: Secret(Secrets.key))])

private func refusal(of request: EmulatorRequest, at now: Date) -> Refusal? {
    do throws(Refusal) {
        _ = try authenticator.authenticate(request, at: now)
        return nil
    } catch {
        Secrets.check(absentFrom: "\(error)")
        return error
    }
}

/// Returns the parts of `name=value` or `name: value`.
private func field(_ text: String) -> (name: String, value: String, isHeader: Bool)? {
    let bytes = Array(text.utf8)
    guard let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else { return nil }
    return (
        String(decoding: bytes[..<mark], as: UTF8.self), String(decoding: bytes[(mark + 1)...], as: UTF8.self),
        bytes[mark] == UInt8(ascii: ":")
    )
}

/// Returns a request with the fields as they are, which may look like a signature.
private func unsigned(_ method: String, _ path: String, _ fields: [String]) -> EmulatorRequest {
    let parsed = fields.compactMap(field)
    let query = parsed.filter { !$0.isHeader }.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return EmulatorRequest(
        method: method, target: "\(path)?\(query)", headers: parsed.filter(\.isHeader).map { ($0.name, $0.value) })
}

private func request(_ signable: SignableRequest, _ added: [SignableRequest.Header]) -> EmulatorRequest {
    let query = signable.query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
    return EmulatorRequest(
        method: signable.method, target: "\(signable.path)?\(query.joined(separator: "&"))",
        headers: (signable.headers + added).map { ($0.name, $0.value) })
}

/// Returns the request with one byte replaced, in the method, the target or a header's value.
private func change(_ request: EmulatorRequest, at place: Int, to byte: UInt8) -> EmulatorRequest {
    var texts = [request.method, request.target] + request.headers.map(\.value)
    let lengths = texts.map(\.utf8.count)
    var rest = Int(UInt(bitPattern: place) % UInt(max(1, lengths.reduce(0, +))))
    for index in texts.indices {
        guard rest >= lengths[index] else {
            var bytes = Array(texts[index].utf8)
            bytes[rest] = byte
            texts[index] = String(decoding: bytes, as: UTF8.self)
            break
        }
        rest -= lengths[index]
    }
    let headers = zip(request.headers, texts.dropFirst(2)).map { (name: $0.name, value: $1) }
    return EmulatorRequest(method: texts[0], target: texts[1], headers: headers)
}

/// Returns the canonical request with the signature that the request was given, or `nil` if its date isn't one.
private func canonical(_ request: EmulatorRequest, _ form: Int, _ hex: String) -> [UInt8]? {
    let isHeader = form & 1 == 0
    let names: String
    if isHeader {
        guard let field = request.header("authorization").flatMap(AuthorizationField.init) else { return nil }
        names = field.signedHeaders
    } else {
        names = request.parameter("X-Amz-SignedHeaders") ?? ""
    }
    let date = (isHeader ? request.header("x-amz-date") : request.parameter("X-Amz-Date")).flatMap(RequestDate.init)
    guard let date,
        let credential = try? CredentialField(
            "AKID/EXAMPLE/\(date.day)/auto/s3/aws4_request", signedAt: date, isKnown: { _ in true })
    else { return nil }
    let presented = PresentedSignature(
        form: isHeader ? .header : .query, credential: credential, date: date,
        signedHeaders: names.lowercased().split(separator: ";", omittingEmptySubsequences: false).map(String.init),
        hex: hex, payload: "UNSIGNED-PAYLOAD", sessionToken: nil)
    return CanonicalParts(request, signature: presented).canonicalRequest.bytes
}
#endif
