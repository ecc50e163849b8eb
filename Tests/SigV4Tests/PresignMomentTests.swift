import Crypto
import TestSupport
import Testing

@testable import SigV4

@Suite("The fast presigner")
struct PresignMomentTests {
    static func randomText(_ length: ClosedRange<Int>, using generator: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: length, using: &generator) {
            let limit: UInt32 = Bool.random(using: &generator) ? 0x7F : 0x10FFFF
            if let scalar = UnicodeScalar(UInt32.random(in: 0...limit, using: &generator)) { text.append(scalar) }
        }
        return String(text)
    }

    static func randomHeaders(using generator: inout SeededGenerator) -> [SignableRequest.Header] {
        let names = ["cache-control", "content-length", "content-type", "host-", "hosa", "x-amz-meta-a_b", "x-zzz"]
        let isBody = Bool.random(using: &generator)
        let chosen = names.filter { Bool.random(using: &generator) && (!isBody || $0.hasPrefix("content-")) }.sorted()
        return chosen.map {
            .init(
                $0,
                $0 == "content-length"
                    ? "\(UInt32.random(in: .min ... .max, using: &generator) >> UInt32.random(in: 0...31, using: &generator))"
                    : "v\(UInt16.random(in: 0...9999, using: &generator))")
        }
    }

    static func presignHeaders(_ headers: [SignableRequest.Header]) -> PresignHeaders {
        let isBody = headers.allSatisfy { ["content-length", "content-type"].contains($0.name) }
        let value = { (name: String) in headers.first { $0.name == name }?.value }
        return isBody
            ? .body(length: value("content-length").flatMap(Int.init), type: value("content-type"))
            : .sorted(
                headers.map { PresignHeader(name: $0.name, value: $0.value) },
                countBeforeHost: headers.count { $0.name < "host" })
    }

    @Test func `returns the same URLs as the general signer for any input`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("fast presigner against general signer: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var rounds = 0
        for round in 0..<1500 {
            let credentials = SigningCredentials(
                accessKeyID: "AKID" + Self.randomText(0...8, using: &generator),
                secretAccessKey: Self.randomText(1...80, using: &generator),
                sessionToken: Bool.random(using: &generator) ? Self.randomText(1...200, using: &generator) : nil)
            let region = ["auto", "us-east-1", "x"].randomElement(using: &generator) ?? "auto"
            let target = PresignTarget(
                credentials: credentials, region: region, service: "s3", scheme: "https", authority: "h.example:81",
                pathPrefix: "/bucket/")
            let time = try SigningTime(secondsSinceEpoch: Int64.random(in: 0...253_402_300_799, using: &generator))
            let moment = PresignMoment(target: target, time: time, key: target.signingKey(at: time))
            let key = Self.randomText(0...300, using: &generator)
            let headers = Self.randomHeaders(using: &generator)
            let parameters = ["partNumber", "response-x", "uploadId"].filter { _ in Bool.random(using: &generator) }
                .map { SignableRequest.Parameter($0, Self.randomText(0...40, using: &generator)) }
            let lifetime = Int.random(in: 1...604_800, using: &generator)

            let fast = moment.url(
                method: "PUT", key: key, lifetime: lifetime, parameters: parameters,
                headers: Self.presignHeaders(headers))
            let general = try Signer(credentials: credentials, region: region, service: "s3", rules: .s3).presign(
                SignableRequest(
                    method: "PUT", path: "/bucket/" + PercentEncoding.encodePath(key), query: parameters,
                    headers: headers + [.init("host", "h.example:81")]),
                expiresIn: .seconds(lifetime), at: time)
            try #require(
                fast == "https://h.example:81/bucket/\(PercentEncoding.encodePath(key))?\(general.query)",
                "seed \(seed), round \(round)")
            // A copy signs the same, also after the original has been released, and into an array as well.
            var bytes = Array("before ".utf8)
            moment.copy().appendURL(
                to: &bytes, method: "PUT", key: key, lifetime: lifetime, parameters: parameters,
                headers: Self.presignHeaders(headers))
            try #require(bytes == Array("before \(fast)".utf8), "seed \(seed), round \(round)")
            rounds += 1
        }
        #expect(rounds == 1500)
    }

    @Test func `reuses a signing key on the same day and never on another`() throws {
        let target = PresignTarget(
            credentials: SigningCredentials(accessKeyID: "A", secretAccessKey: "b"), region: "auto", service: "s3",
            scheme: "https", authority: "h", pathPrefix: "/b/")
        let late = try target.signingKey(at: SigningTime(secondsSinceEpoch: 86_399))
        for seconds: Int64 in [0, 86_399, 86_400, 172_799] {
            let time = try SigningTime(secondsSinceEpoch: seconds)
            let key = target.signingKey(at: time, after: late)
            #expect(key.scope == CredentialScope(time: time, region: "auto", service: "s3"))
            let reused = PresignMoment(target: target, time: time, key: key).url(method: "GET", key: "k", lifetime: 1)
            let fresh = PresignMoment(target: target, time: time, key: target.signingKey(at: time)).url(
                method: "GET", key: "k", lifetime: 1)
            #expect(reused == fresh)
        }
    }

    @Test func `writes numbers in decimal digits`() {
        var numbers: [Int] = [1234, 52_428_800, 1_234_567_890, .max]
        var power = 1
        for _ in 0...18 {
            numbers += [power - 1, power, power + 1]
            power = power &* 10
        }
        numbers += stride(from: 0, to: 100_000_000, by: 99_991)
        for number in numbers {
            var bytes: [UInt8] = []
            bytes.appendDecimal(number)
            #expect(bytes == Array(String(number).utf8))
        }
    }

    @Test func `hashes with HMAC-SHA256, with keys shorter and longer than a block`() {
        for length in [0, 1, 31, 63, 64, 65, 200] {
            let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let message = Array("a message of some length".utf8)
            let expected = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
            #expect(Array(KeyedHash(key: key).authenticate(message)) == Array(expected))
            let absorbed = KeyedHash(key: key).absorbing(Array(message.prefix(5)))
            #expect(Array(absorbed.authenticate(Array(message.dropFirst(5)))) == Array(expected))
            #expect(Array(absorbed.copy().authenticate(Array(message.dropFirst(5)))) == Array(expected))
        }
    }
}
