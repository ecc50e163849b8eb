import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A configuration as parts or as environment variables.
struct ConfigInput: Decodable {
    struct Parts: Decodable {
        let accountID: String?
        let jurisdiction: String?
        let endpoint: String?
        let allowsInsecureHTTP: Bool
        let accessKeyID: String
        let secretAccessKey: String
        let sessionToken: String?
        /// The seconds since 1970.
        let credentialsExpireAt: Double?
        let bucket: String
        let region: String?
        let addressingStyle: String
        let uploadURLLifetime: Int?
        let playbackURLLifetime: Int?
    }

    /// Questions with the same number share a presigner and what it keeps between signings.
    let number: Int?
    let parts: Parts?
    let environment: [String: String]?

    func config() throws -> R2Config {
        if let environment { return try R2Config(environment: environment) }
        guard let parts else { throw QuestionError("a configuration has parts or an environment") }
        let credentials = try R2Credentials(
            accessKeyID: parts.accessKeyID, secretAccessKey: parts.secretAccessKey, sessionToken: parts.sessionToken,
            expiresAt: parts.credentialsExpireAt.map { Date(timeIntervalSince1970: $0) })
        guard let style = AddressingStyle(rawValue: parts.addressingStyle) else {
            throw QuestionError("no addressing style is called '\(parts.addressingStyle)'")
        }
        let bucket = try BucketName(parts.bucket)
        let upload = parts.uploadURLLifetime.map { Duration.seconds($0) }
        let playback = parts.playbackURLLifetime.map { Duration.seconds($0) }
        if parts.region == nil, let accountID = parts.accountID {
            return try R2Config(
                accountID: try AccountID(accountID), jurisdiction: try jurisdiction(parts), credentials: credentials,
                bucket: bucket, addressingStyle: style, uploadURLLifetime: upload, playbackURLLifetime: playback)
        }
        return try R2Config(
            endpoint: try endpoint(parts), credentials: credentials, bucket: bucket, region: parts.region ?? "auto",
            addressingStyle: style, uploadURLLifetime: upload, playbackURLLifetime: playback)
    }

    private func endpoint(_ parts: Parts) throws -> R2Endpoint {
        if let url = parts.endpoint { return try R2Endpoint(url, allowsInsecureHTTP: parts.allowsInsecureHTTP) }
        guard let accountID = parts.accountID else { throw QuestionError("an account or an endpoint is needed") }
        return R2Endpoint(accountID: try AccountID(accountID), jurisdiction: try jurisdiction(parts))
    }

    private func jurisdiction(_ parts: Parts) throws -> Jurisdiction? {
        try parts.jurisdiction.map { name in try Jurisdiction(name) }
    }
}

/// An error about a question that isn't valid.
struct QuestionError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The presigners by their configuration's number.
struct PresignerCache {
    private var presigners: [Int: R2Presigner] = [:]

    mutating func presigner(_ input: ConfigInput) throws -> R2Presigner {
        if let number = input.number, let presigner = presigners[number] { return presigner }
        let presigner = R2Presigner(try input.config())
        if let number = input.number { presigners[number] = presigner }
        return presigner
    }
}
