import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The environment's settings, in the order of ``R2Config/environmentVariables``, then a date.
///
/// A `*` in a setting stands for a string that occurs nowhere else. It must not appear in an error, and a secret must
/// not appear anywhere.
@Sendable func fuzzConfig(_ input: FuzzInput) {
    var input = input
    let marker = "zq7x9w2k4v"
    var environment: [String: String] = [:]
    for name in R2Config.environmentVariables {
        guard var value = input.optionalText() else { continue }
        value = String(
            decoding: value.utf8.flatMap { $0 == UInt8(ascii: "*") ? Array(marker.utf8) : [$0] }, as: UTF8.self)
        if name == "R2_SECRET_ACCESS_KEY" { value += Secrets.key }
        // After an `@` follow the claims of one of R2's own session tokens.
        if name == "R2_SESSION_TOKEN" {
            value = value.first == "@" ? token(claims: value.dropFirst()) : value + Secrets.token
        }
        environment[name] = value
    }
    do throws(R2ConfigError) {
        let config = try R2Config(environment: environment)
        check(config.bucket.rawValue == environment["R2_BUCKET_NAME"], "the bucket is \(config.bucket)")
        check(["http", "https"].contains(config.endpoint.scheme), "the endpoint is \(config.endpoint)")
        for lifetime in [config.uploadURLLifetime, config.playbackURLLifetime] {
            check(R2Presigner.lifetimeRange.contains(lifetime), "a lifetime is \(lifetime)")
        }
        var shown = "\(config) \(String(reflecting: config)) \(R2Presigner(config))"
        dump(config, to: &shown)
        Secrets.check(absentFrom: shown)
        checkPresigning(config, at: Date(timeIntervalSince1970: input.double()))
    } catch {
        let text = "\(error) \(error.errorDescription ?? "")"
        Secrets.check(absentFrom: text)
        check(!text.lowercased().hasBytes(marker), "an error repeats a setting's value: \(error)")
        check(!error.problems.isEmpty, "an error without a problem")
        for problem in error.problems {
            check(R2Config.environmentVariables.contains(problem.setting), "no such variable: \(problem.setting)")
            if problem.isMissing { check(environment[problem.setting] == nil, "\(problem.setting) is there") }
        }
    }
}

private func checkPresigning(_ config: R2Config, at instant: Date) {
    let key = required("a constant") { try ObjectKey("a.mp4") }
    do throws(R2ValidationError) {
        let request = try R2Presigner(config).presignPlayback(of: key, at: instant)
        check(request.url.isVisibleASCII, "the URL holds something other than visible ASCII: \(request.url)")
        check(request.expiresAt > instant, "the URL has expired: \(request)")
        if let end = config.credentials.expiresAt {
            check(request.expiresAt <= end, "the URL outlives its credentials")
        }
    } catch {
        Secrets.check(absentFrom: "\(error)")
    }
}

private func token(claims: Substring) -> String {
    let payload = Data(claims.utf8).base64EncodedString().compactMap { character -> Character? in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
    }
    return Data("jwt/h.\(String(payload)).s".utf8).base64EncodedString()
}
