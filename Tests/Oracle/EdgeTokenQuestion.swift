import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A token for a custom domain: in a URL, by itself, or to be verified.
struct EdgeTokenQuestion: Decodable {
    let secret: String
    let isURLSafe: Bool
    let parameter: String
    /// The seconds since 1970.
    let instant: Double
    let origin: String?
    let path: String?
    let directory: String?
    let message: String?
    let token: String?
    let timeToLive: Int?

    func answer() throws -> Answer {
        let signer = try EdgeTokenSigner(
            secret: secret, encoding: isURLSafe ? .urlSafe : .standard, parameter: parameter)
        let instant = Date(timeIntervalSince1970: instant)
        if let origin, let path {
            guard let directory else { return Answer(url: try signer.url(origin, path: path, at: instant)) }
            return Answer(url: try signer.url(origin, path: path, directory: directory, at: instant))
        }
        guard let message else { throw QuestionError("an edge token is for a path or a message") }
        guard let token, let timeToLive else { return Answer(token: try signer.token(for: message, at: instant)) }
        return Answer(isValid: signer.isValid(token, for: message, timeToLive: .seconds(timeToLive), at: instant))
    }
}
