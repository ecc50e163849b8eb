internal import HTTPTypes
internal import R2KitSupport
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension R2Presigner {
    /// The signing state and the expiry that one call's URLs share.
    struct Session {
        let moment: PresignMoment
        let lifetime: Int
        let expiresAt: Date
    }

    /// Checks the times, and returns the signing state of the date's second, or of its window's start.
    func session(
        _ lifetime: Duration?, default defaultSeconds: Int, stableWithin window: SigningWindow? = nil, at date: Date
    ) throws(R2ValidationError) -> Session {
        var seconds = defaultSeconds
        if let lifetime { seconds = try URLLifetime.seconds(lifetime) }
        let now = date.timeIntervalSince1970.rounded(.down)
        guard now >= 0, now <= Double(CivilDate.signableYears.upperBound) else {
            throw R2ValidationError(
                .invalidTime, "Invalid date of signing: expected a date in the years 1970 to 9999.")
        }
        var second = Int64(now)
        if let window {
            second -= second % Int64(window.seconds)
            seconds += window.seconds
            guard seconds <= URLLifetime.seconds.upperBound else {
                throw R2ValidationError(
                    .invalidLifetime,
                    "Invalid lifetime: together with the signing window it's \(seconds) seconds. "
                        + "Expected at most \(URLLifetime.seconds.upperBound) (seven days).")
            }
        }
        let expiresAt = Date(timeIntervalSince1970: Double(second + Int64(seconds)))
        if let end = config.credentials.expiresAt, expiresAt > end {
            throw R2ValidationError(
                .outlivesCredentials,
                "The URL would outlive its credentials: it would be valid until \(expiresAt.formatted(.iso8601)), but "
                    + "they expire at \(end.formatted(.iso8601)). Use a shorter lifetime or new credentials.")
        }
        return Session(moment: try moments.moment(at: second), lifetime: seconds, expiresAt: expiresAt)
    }
}

extension R2Presigner.Session {
    @inline(__always)
    func sign(
        _ method: PresignMethod, _ key: ObjectKey, parameters: [SignableRequest.Parameter],
        _ headers: PresignHeaders
    ) -> PresignedRequest {
        let url = moment.url(
            method: method.name, key: key.rawValue, lifetime: lifetime, parameters: parameters,
            headers: headers)
        return PresignedRequest(method: method.method, url: url, signedHeaders: headers, expiresAt: expiresAt)
    }

    func signPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, _ constraints: PartConstraints
    ) throws(R2ValidationError) -> PresignedRequest {
        try PartPlan.checkPartNumber(number)
        let parameters = [
            SignableRequest.Parameter("partNumber", String(number)),
            SignableRequest.Parameter("uploadId", uploadID.rawValue),
        ]
        return sign(.put, key, parameters: parameters, try constraints.signedHeaders())
    }
}

/// The methods that R2 supports in presigned URLs.
enum PresignMethod {
    case get, head, put, delete

    /// The name, as it is signed.
    @inline(__always)
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .put: "PUT"
        case .delete: "DELETE"
        }
    }

    /// The method as a value of HTTPTypes.
    @inline(__always)
    var method: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .head: .head
        case .put: .put
        case .delete: .delete
        }
    }
}
