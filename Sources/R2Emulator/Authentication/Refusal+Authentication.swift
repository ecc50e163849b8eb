#if Emulator
// The refusals of authentication, in R2's words. The sources are those of the rows in the tests' table, where each has
// its grade. "Unsettled" marks what no source says: the emulator then refuses in the way stated there.

extension Refusal {
    // MARK: Missing or invalid parts of a signature

    static func invalidArgument(_ message: String) -> Refusal {
        Refusal(status: 400, code: "InvalidArgument", message: message)
    }

    static func invalidRequest(_ message: String) -> Refusal {
        Refusal(status: 400, code: "InvalidRequest", message: message)
    }

    static var notSigned: Refusal { invalidArgument("Authorization") }
    static var missingPayloadHash: Refusal { invalidRequest("Missing x-amz-content-sha256") }
    static var missingDate: Refusal { invalidArgument("No date provided in x-amz-date nor date header") }

    /// The place is `'x-amz-date' header`, `'date' header` or `X-Amz-Date`.
    static func invalidDate(_ value: String, in place: String) -> Refusal {
        invalidArgument("Date provided in \(place) (\(value)) didn't parse successfully")
    }

    static var unsupportedAlgorithm: Refusal { invalidRequest("Please use AWS4-HMAC-SHA256") }

    /// Two spaces follow each comma, as in R2's own text.
    static func missingParameters(_ names: [String]) -> Refusal {
        names.count == 1
            ? invalidArgument("Required search parameter \(names[0]) missing")
            : invalidArgument("Required search parameters \(names.joined(separator: ",  ")) missing")
    }

    static var invalidExpiry: Refusal { invalidArgument("X-Amz-Expires should be a number") }

    static var tooLongExpiry: Refusal {
        invalidArgument(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
                + "604800 seconds")
    }

    // MARK: Time

    static var tooSkewed: Refusal {
        Refusal(
            status: 403, code: "RequestTimeTooSkewed",
            message: "The difference between the request time and the server's time is too large.")
    }

    static var expired: Refusal { Refusal(status: 403, code: "ExpiredRequest", message: "Request has expired") }

    /// Only with the setting `refusesFutureURLs`, in AWS's words because R2 isn't known to check.
    static var notYetValid: Refusal {
        Refusal(status: 403, code: "AccessDenied", message: "Request is not yet valid")
    }

    // MARK: Identity and permission

    static var unauthorized: Refusal { Refusal(status: 401, code: "Unauthorized", message: "Unauthorized") }

    static func accessDenied(_ explanation: String) -> Refusal {
        Refusal(status: 403, code: "AccessDenied", message: "Access Denied", explanation: explanation)
    }

    static func invalidSessionToken(_ explanation: String) -> Refusal {
        Refusal(
            status: 400, code: "InvalidArgument", message: "X-Amz-Security-Token", explanation: explanation)
    }

    /// Only with the setting `requiresSignedAmzHeaders`, in AWS's words because R2 isn't known to check.
    static func unsignedHeaders(_ names: [String]) -> Refusal {
        Refusal(
            status: 403, code: "AccessDenied",
            message: "There were headers present in the request which were not signed",
            details: [("HeadersNotSigned", names.joined(separator: ", "))])
    }

    // MARK: Body

    static var payloadMismatch: Refusal {
        Refusal(
            status: 400, code: "XAmzContentSHA256Mismatch",
            message: "The provided 'x-amz-content-sha256' header does not match what was computed.")
    }

    /// For example `STREAMING-AWS4-HMAC-SHA256-PAYLOAD not implemented`.
    static func streamingNotImplemented(_ name: String) -> Refusal {
        Refusal(status: 501, code: "NotImplemented", message: "\(name) not implemented")
    }

    /// Unsettled: R2 isn't known to accept or refuse other values, so this is AWS's refusal.
    static var invalidPayloadHash: Refusal {
        invalidArgument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.")
    }

    static var missingContentLength: Refusal {
        Refusal(
            status: 411, code: "MissingContentLength", message: "You must provide the Content-Length HTTP header.")
    }
}
#endif
