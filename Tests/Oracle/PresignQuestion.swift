import HTTPTypes
import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A call of one of the presigner's methods.
struct PresignQuestion: Decodable {
    struct Key: Decodable {
        let text: String
        let isUnchecked: Bool

        func key() throws -> ObjectKey { isUnchecked ? try ObjectKey(unchecked: text) : try ObjectKey(text) }
    }

    struct Plan: Decodable {
        let totalLength: Int64
        let partLength: Int64?
        /// The numbers of the parts to sign.
        let numbers: [Int]
    }

    let config: ConfigInput
    let call: String
    let keys: [Key]
    let lifetime: Int?
    let window: Int?
    /// The seconds since 1970.
    let instant: Double
    let upload: UploadInput?
    let part: PartInput?
    let plan: Plan?
    let overrides: OverridesInput?
    let filename: String?
    let method: String?
    let parameters: [[String]]?
    let headers: [[String]]?

    func answer(_ presigners: inout PresignerCache) throws -> Answer {
        let requests = try sign(with: try presigners.presigner(config))
        return Answer(requests: try requests.map { request in try Answer.Request(request) })
    }

    private func sign(with presigner: R2Presigner) throws -> [PresignedRequest] {
        let keys = try keys.map { try $0.key() }
        guard let key = keys.first else { throw QuestionError("a key is missing") }
        let lifetime = lifetime.map { Duration.seconds($0) }
        let window = try window.map { seconds in try SigningWindow(.seconds(seconds)) }
        let instant = Date(timeIntervalSince1970: instant)
        switch call {
        case "upload":
            let constraints = try upload?.constraints() ?? UploadConstraints()
            return [try presigner.presignUpload(to: key, constraints: constraints, expiresIn: lifetime, at: instant)]
        case "part":
            guard let part else { throw QuestionError("the part is missing") }
            return [
                try presigner.presignPart(
                    part.number, of: try UploadID(part.uploadID), key: key, constraints: try part.constraints(),
                    expiresIn: lifetime,
                    at: instant)
            ]
        case "parts":
            guard let plan, let part else { throw QuestionError("the plan is missing") }
            let parts = try PartPlan(totalLength: plan.totalLength, partLength: plan.partLength)
            return try presigner.presignParts(
                try plan.numbers.map { number in try parts.part(number) }, of: try UploadID(part.uploadID), key: key,
                expiresIn: lifetime, at: instant)
        case "playback":
            let overrides = try overrides?.overrides() ?? .none
            return [
                try presigner.presignPlayback(
                    of: key, overrides: overrides, expiresIn: lifetime, stableWithin: window, at: instant)
            ]
        case "playbacks":
            let overrides = try overrides?.overrides() ?? .none
            return try presigner.presignPlayback(
                of: keys, overrides: overrides, expiresIn: lifetime, stableWithin: window, at: instant)
        case "download":
            return [
                try presigner.presignPlayback(
                    of: key, downloadFilename: filename ?? "", expiresIn: lifetime, stableWithin: window, at: instant)
            ]
        case "head": return [try presigner.presignHead(of: key, expiresIn: lifetime, at: instant)]
        case "delete": return [try presigner.presignDelete(of: key, expiresIn: lifetime, at: instant)]
        case "custom": return [try custom(presigner, key, lifetime, instant)]
        default: throw QuestionError("no call is named '\(call)'")
        }
    }

    private func custom(
        _ presigner: R2Presigner, _ key: ObjectKey, _ lifetime: Duration?, _ instant: Date
    ) throws -> PresignedRequest {
        guard let method = HTTPRequest.Method(method ?? "") else { throw QuestionError("the method is no token") }
        var fields = HTTPFields()
        for header in headers ?? [] {
            guard let name = HTTPField.Name(header[0]) else { throw QuestionError("'\(header[0])' is no token") }
            fields.append(HTTPField(name: name, value: header[1]))
        }
        return try presigner.presign(
            method, key: key, parameters: (parameters ?? []).map { QueryParameter(name: $0[0], value: $0[1]) },
            headers: fields,
            expiresIn: lifetime, at: instant)
    }
}
