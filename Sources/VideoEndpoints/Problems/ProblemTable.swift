#if Delivery
/// The statuses and texts of all problems, by code.
enum ProblemTable {
    /// A kind of problem.
    struct Row: Sendable {
        let status: Int
        let title: String
        /// The detail, or `nil` if the error's own message may be shown.
        ///
        /// Messages of errors that aren't the client's may name tables, keys or hosts.
        let detail: String?
        let retryAfter: Duration?

        init(_ status: Int, _ title: String, detail: String? = nil, retryAfter: Duration? = nil) {
            self.status = status
            self.title = title
            self.detail = detail
            self.retryAfter = retryAfter
        }
    }

    /// Returns the row of a code.
    ///
    /// - Returns: The row of `internalError` for a code that isn't in the table.
    static func row(_ code: EndpointProblem.Code) -> (code: EndpointProblem.Code, row: Row) {
        if let row = rows[code.rawValue] { return (code, row) }
        return (.internalError, Row(500, "Internal error", detail: internalDetail))
    }

    private static let internalDetail = "The server failed. Repeat the request later."

    static let rows: [String: Row] =
        requests.merging(uploads) { first, _ in first }.merging(playback) { first, _ in first }
        .merging(catalog) { first, _ in first }.merging(storage) { first, _ in first }

    private static let requests: [String: Row] = [
        "authenticationRequired": Row(401, "Authentication required"),
        "forbidden": Row(403, "Forbidden"),
        "notFound": Row(404, "Not found"),
        "methodNotAllowed": Row(405, "Method not allowed"),
        "invalidPath": Row(400, "Invalid path"),
        "invalidQuery": Row(400, "Invalid query"),
        "unsupportedMediaType": Row(415, "Unsupported media type"),
        "bodyTooLarge": Row(413, "Body too large"),
        "incompleteBody": Row(400, "Incomplete body"),
        "invalidJSON": Row(400, "Invalid JSON"),
        "invalidFields": Row(422, "Invalid fields"),
        "invalidArgument": Row(422, "Invalid argument"),
        "invalidCursor": Row(400, "Invalid cursor"),
        "tooManyRequests": Row(429, "Too many requests"),
        "internalError": Row(500, "Internal error", detail: internalDetail),
    ]

    private static let uploads: [String: Row] = [
        "typeNotAllowed": Row(422, "Type not allowed"),
        "sizeNotAllowed": Row(422, "Size not allowed"),
        "uploadLimitExceeded": Row(409, "Upload limit exceeded"),
        "differentFile": Row(409, "Different file"),
        "uploadCanceled": Row(410, "Upload canceled"),
        "uploadExpired": Row(410, "Upload expired"),
        "uploadLost": Row(409, "Upload lost"),
        "notUploaded": Row(409, "File not uploaded"),
        "verificationPending": Row(409, "Verification pending", retryAfter: .seconds(3)),
        "verificationFailed": Row(422, "File rejected"),
        "superseded": Row(409, "Upload superseded"),
        "uploadInProgress": Row(409, "Upload in progress"),
        "invalidState": Row(409, "Invalid state"),
        "conflict": Row(503, "Too many conflicts", retryAfter: .seconds(1)),
    ]

    private static let playback: [String: Row] = [
        "playbackForbidden": Row(403, "Playback forbidden"),
        "videoNotReady": Row(409, "Video not ready"),
        "renditionNotFound": Row(404, "Rendition not found"),
        "outsideVideo": Row(404, "Outside of the video"),
        "unsupportedFormat": Row(422, "Unsupported format"),
        "invalidToken": Row(403, "Invalid token"),
        "expiredToken": Row(403, "Expired token"),
        "invalidPlaylist": Row(502, "Invalid playlist"),
        "credentialsExpireTooSoon": Row(
            503, "Credentials expire too soon",
            detail: "The server's credentials expire before a URL would. Repeat the request in a minute.",
            retryAfter: .seconds(60)),
        "signingFailed": Row(500, "Signing failed", detail: internalDetail),
        "invalidConfiguration": Row(500, "Invalid configuration", detail: internalDetail),
    ]

    private static let catalog: [String: Row] = [
        "versionConflict": Row(
            409, "Version conflict",
            detail: "The video has been changed since it was read. Read it again, and repeat the change."),
        "objectKeyTaken": Row(
            409, "Object key taken", detail: "Another video has the file by now. Upload the file again."),
        "idTaken": Row(409, "Identifier taken", detail: "The video already exists. Begin with a new token."),
        "illegalTransition": Row(
            409, "Invalid state", detail: "The video's state doesn't allow this. Read the video again."),
        "claimed": Row(
            409, "Video claimed",
            detail: "The server is working on the deleted video. Repeat the request in a minute.",
            retryAfter: .seconds(60)),
        "purgeStarted": Row(
            409, "Purge started", detail: "The video's file is being deleted, so that it can't be restored."),
        "unavailable": Row(
            503, "Catalog unavailable", detail: "The catalog can't be reached. Repeat the request.",
            retryAfter: .seconds(2)),
        "outcomeUnknown": Row(
            503, "Outcome unknown",
            detail: "The change may or may not have been made. Read the video, then repeat the change if it's missing.",
            retryAfter: .seconds(1)),
        "timedOut": Row(
            503, "Catalog timed out", detail: "The catalog didn't respond in time. Repeat the request.",
            retryAfter: .seconds(2)),
        "readOnly": Row(
            503, "Catalog read-only", detail: "The catalog accepts no changes now. Repeat the request later.",
            retryAfter: .seconds(60)),
        "storageFull": Row(507, "Catalog full", detail: "The catalog has no space left. Repeat the request later."),
        "schemaMissing": Row(500, "Catalog not set up", detail: internalDetail),
        "schemaTooNew": Row(500, "Catalog too new", detail: internalDetail),
        "corruptRow": Row(500, "Unreadable video", detail: internalDetail),
        "storeFailure": Row(500, "Catalog failed", detail: internalDetail),
    ]

    private static let storage: [String: Row] = [
        "storageUnavailable": Row(
            503, "Storage unavailable", detail: "The storage can't be reached. Repeat the request.",
            retryAfter: .seconds(2)),
        "storageDenied": Row(502, "Storage access denied", detail: "The storage refused the server's credentials."),
        "storageFailed": Row(
            502, "Storage failed",
            detail: "The storage rejected the server's request or sent an invalid response."),
    ]
}
#endif
