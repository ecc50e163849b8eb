import SigV4

/// The signer in both forms: `rules|method|path|lifetime|time|name=value|…|name: value|…`.
///
/// It never traps. It signs a request the same way every time, and its canonical request has the right shape.
@Sendable func fuzzSigner(_ input: FuzzInput) {
    var input = input
    let rules = [
        ServiceRules.s3, .standard,
        ServiceRules(doubleEncodesPath: false, normalizesPath: true, sendsPayloadHash: true, signsSessionToken: false),
        ServiceRules(doubleEncodesPath: true, normalizesPath: false, sendsPayloadHash: false, signsSessionToken: false),
    ]
    let choice = input.number()
    let signer = Signer(
        credentials: SigningCredentials(
            accessKeyID: "AKID/EXAMPLE", secretAccessKey: Secrets.key,
            sessionToken: choice & 4 == 0 ? nil : Secrets.token),
        region: "auto", service: "s3", rules: rules[choice & 3])
    var request = SignableRequest(method: input.text(), path: input.text(), headers: [])
    let lifetime = input.number()
    guard let time = try? SigningTime(secondsSinceEpoch: Int64(input.number())) else { return }
    for field in input.rest() {
        let bytes = Array(field.utf8)
        guard let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
            continue
        }
        let name = String(decoding: bytes[..<mark], as: UTF8.self)
        let value = String(decoding: bytes[(mark + 1)...], as: UTF8.self)
        if bytes[mark] == UInt8(ascii: "=") {
            request.query.append(.init(name, value))
        } else {
            request.headers.append(.init(name, value))
        }
    }
    var reordered = request
    reordered.query.reverse()
    let names = Set(request.headers.map { $0.name.lowercased() })
    if names.count == request.headers.count { reordered.headers.reverse() }

    checkHeaderForm(signer, request, reordered, time)
    checkQueryForm(signer, request, reordered, lifetime, time)
}

private func checkHeaderForm(
    _ signer: Signer, _ request: SignableRequest, _ reordered: SignableRequest, _ time: SigningTime
) {
    let signed: HeaderAuthorization
    do {
        signed = try signer.sign(request, payload: .empty, at: time)
    } catch {
        Secrets.check(absentFrom: "\(error)")
        return
    }
    check(signed == (try? signer.sign(request, payload: .empty, at: time)), "the header form differs the second time")
    let other = try? signer.sign(reordered, payload: .empty, at: time)
    check(other?.signature == signed.signature, "the order of parameters or headers changes the signature")
    checkShape(signed.signature)
    Secrets.check(absentFrom: "\(signed) \(signed.signature)")
    check(!"\(signed) \(signed.signature)".hasBytes(signed.signature.hex), "the description shows the signature")
    let authorization = signed.headers.filter { $0.name == "authorization" }
    check(authorization.count == 1 && authorization[0].value.hasSuffix(signed.signature.hex), "no authorization header")
}

private func checkQueryForm(
    _ signer: Signer, _ request: SignableRequest, _ reordered: SignableRequest, _ lifetime: Int, _ time: SigningTime
) {
    let signed: QueryAuthorization
    do {
        signed = try signer.presign(request, expiresIn: .seconds(lifetime), at: time)
    } catch {
        Secrets.check(absentFrom: "\(error)")
        return
    }
    check((.seconds(1)...Signer.maximumLifetime).contains(.seconds(lifetime)), "a lifetime of \(lifetime) is taken")
    check(
        signed == (try? signer.presign(request, expiresIn: .seconds(lifetime), at: time)),
        "the query form differs the second time"
    )
    let other = try? signer.presign(reordered, expiresIn: .seconds(lifetime), at: time)
    check(other?.signature == signed.signature, "the order of parameters or headers changes the signature")
    checkShape(signed.signature)
    Secrets.check(absentFrom: "\(signed) \(signed.signature)")
    check(!"\(signed) \(signed.signature)".hasBytes(signed.signature.hex), "the description shows the signature")
    check(signed.query.isUnreserved(or: "%&="), "the query holds a byte that must be encoded: \(signed.query)")
    check(signed.query.hasSuffix("&X-Amz-Signature=\(signed.signature.hex)"), "the signature does not come last")
    check(signed.query.occurrences(of: "X-Amz-Signature=") == 1, "there are two signatures: \(signed.query)")
}

/// Method, path, query, a line for every header, an empty line, the headers' names and the payload's hash.
private func checkShape(_ signature: Signature) {
    let hexDigits = signature.hex.utf8.count { (48...57).contains($0) || (97...102).contains($0) }
    check(hexDigits == 64 && signature.hex.utf8.count == 64, "no signature: \(signature.hex)")
    let lines = signature.canonicalRequest.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let names = signature.canonicalRequest.signedHeaders.split(separator: ";").map(String.init)
    check(lines.count == names.count + 6, "the canonical request of \(names) has \(lines.count) lines")
    check(names.contains("host") && names == names.sorted() && Set(names).count == names.count, "signed: \(names)")
    check(lines[1].first == UInt8(ascii: "/"), "the canonical path does not begin with '/'")
    for (name, line) in zip(names, lines[3...]) {
        check(line.starts(with: Array("\(name):".utf8)), "the header \(name) is not in its place")
    }
    check(lines[names.count + 3].isEmpty, "no empty line after the headers")
    let steps = signature.stringToSign.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    check(steps.count == 4, "the string to sign has \(steps.count) lines")
}
