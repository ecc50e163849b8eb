#if Delivery
internal import HTTPTypes
internal import VideoCatalog
internal import VideoDelivery

extension EndpointResponse {
    /// Creates the response that describes a problem.
    init(problem: EndpointProblem, typeBase: String) {
        let document = ProblemDocument(
            type: typeBase + problem.code.rawValue, title: problem.title, status: problem.status,
            detail: problem.detail, code: problem.code.rawValue, fields: problem.fields.nonEmpty,
            video: problem.video, missingParts: problem.missingParts.nonEmpty,
            failure: problem.failure?.rawValue, usage: problem.usage, retryAfter: problem.secondsToWait,
            current: problem.current)
        self.init(
            HTTPResponse.Status(code: problem.status), json: document, contentType: "application/problem+json")
        if let seconds = problem.secondsToWait { head.headerFields[.retryAfter] = String(seconds) }
        if !problem.allow.isEmpty { head.headerFields[.allow] = problem.allow.joined(separator: ", ") }
    }
}

/// The JSON form of a problem.
private struct ProblemDocument: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let code: String
    let fields: [EndpointProblem.Field]?
    let video: Video.ID?
    let missingParts: [Int]?
    let failure: String?
    let usage: UploadUsage?
    let retryAfter: Int?
    let current: VideoResource?
}

extension Array {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
#endif
