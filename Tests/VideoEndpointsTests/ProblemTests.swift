#if Delivery
import Foundation
import R2Kit
import Testing
import VideoCatalog
import VideoDelivery

@testable import VideoEndpoints

@Suite("The problems of errors")
struct ProblemTests {
    @Test(arguments: [
        VideoDeliveryError.Code.notFound, .invalidArgument, .typeNotAllowed, .sizeNotAllowed, .uploadLimitExceeded,
        .differentFile, .uploadCanceled, .uploadExpired, .uploadLost, .notUploaded, .verificationPending,
        .verificationFailed, .superseded, .uploadInProgress, .invalidState, .conflict, .playbackForbidden,
        .videoNotReady, .renditionNotFound, .outsideVideo, .unsupportedFormat, .credentialsExpireTooSoon,
        .signingFailed, .invalidToken, .expiredToken, .invalidConfiguration,
    ])
    func `every error of deliveries has a status and keeps its code`(code: VideoDeliveryError.Code) {
        let problem = EndpointProblem(VideoDeliveryError(code, "Private."))
        #expect(problem.code.rawValue == code.rawValue)
        #expect((400...599).contains(problem.status))
        #expect(problem.status < 500 || !problem.detail.contains("Private.") || code == .conflict)
    }

    @Test(arguments: [
        CatalogError.Code.notFound, .versionConflict, .objectKeyTaken, .idTaken, .invalidFields, .illegalTransition,
        .invalidCursor, .invalidArgument, .claimed, .purgeStarted, .uploadLimitExceeded, .uploadInProgress,
        .unavailable, .outcomeUnknown, .timedOut, .readOnly, .storageFull, .schemaMissing, .schemaTooNew, .corruptRow,
        .storeFailure,
    ])
    func `every error of catalogs has a status and keeps its code`(code: CatalogError.Code) {
        let problem = EndpointProblem(CatalogError(code, "SELECT secret"))
        #expect(problem.code.rawValue == code.rawValue)
        #expect((400...599).contains(problem.status))
        #expect(problem.status < 500 || !problem.detail.contains("SELECT"))
    }

    @Test(arguments: [
        (R2Error(.accessDenied, "Secret", status: 403), 502, "storageDenied"),
        (R2Error(.signatureDoesNotMatch, "Secret", status: 403), 502, "storageDenied"),
        (R2Error(.noSuchBucket, "Secret", status: 404), 502, "storageFailed"),
        (R2Error(.invalidResponse, "Secret"), 502, "storageFailed"),
        (R2Error(.connectionFailed, "Secret"), 503, "storageUnavailable"),
        (R2Error(.internalError, "Secret", status: 500), 503, "storageUnavailable"),
        (R2Error(.slowDown, "Secret", status: 503, retryAfter: .seconds(7)), 503, "storageUnavailable"),
        (R2Error(.clientShutDown, "Secret"), 503, "storageUnavailable"),
    ])
    func `an error of R2 is the server's, and its message stays there`(error: R2Error, status: Int, code: String) {
        let problem = EndpointProblem(error)
        #expect(problem.status == status)
        #expect(problem.code.rawValue == code)
        #expect(!problem.detail.contains("Secret"))
        if error.retryAfter != nil { #expect(problem.retryAfter == .seconds(7)) }
    }

    @Test func `an error that isn't known is an internal error`() {
        struct Unknown: Error {}
        for error in [
            Unknown(), VideoDeliveryError(.init("other"), "Secret"), CatalogError(.init("other"), "Secret"),
        ] as [any Error] {
            let problem = EndpointProblem(error)
            #expect(problem.status == 500 && problem.code == .internalError)
            #expect(!problem.detail.contains("Secret"))
        }
    }

    @Test func `every code is in the guide with its status`() throws {
        let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Docs/endpoints.md")
        let text = String(decoding: try Data(contentsOf: guide), as: UTF8.self)
        for (code, row) in ProblemTable.rows {
            #expect(text.contains("| `\(code)` | \(row.status) |"), "\(code)")
        }
    }

    @Test(arguments: ["api", "/api/", "/", "//a", "/a/../b", "/a b", "/ü", "/%61", "/a?b"])
    func `a prefix that isn't a plain path is refused`(prefix: String) {
        #expect(throws: VideoDeliveryError.self) { try EndpointOptions(prefix: prefix).check() }
    }

    @Test func `limits that make no sense are refused`() {
        #expect(throws: VideoDeliveryError.self) { try EndpointOptions(maximumPageSize: 0).check() }
        for limit in [SigningLimit(burst: 0), SigningLimit(perSecond: 0), SigningLimit(maximumCallers: 0)] {
            #expect(throws: VideoDeliveryError.self) { try EndpointOptions(signingLimit: limit).check() }
        }
    }
}
#endif
