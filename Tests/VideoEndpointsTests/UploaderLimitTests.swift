#if Delivery && Emulator
import HTTPTypes
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

/// The rules of the tests' app, with limits for single people, and a teacher who manages the videos of all.
private struct LimitedClassroom: EndpointAuthorization {
    let limits: [String: UploadLimits]
    private let rules = Classroom()

    init(_ limits: [String: UploadLimits]) { self.limits = limits }

    func userID(of caller: Person) -> UserID { rules.userID(of: caller) }

    func uploadLimits(of caller: Person) -> UploadLimits? { limits[caller.name] }

    func mayUpload(to sessionID: CourseSessionID?, caller: Person) throws -> Bool {
        try rules.mayUpload(to: sessionID, caller: caller)
    }

    func may(_ action: VideoAction, _ video: Video, caller: Person) -> Bool {
        caller == .teacher || rules.may(action, video, caller: caller)
    }

    func scope(of query: VideoQuery, caller: Person) -> VideoQuery? { rules.scope(of: query, caller: caller) }
}

/// Ada may have 5,000 bytes, and the teacher none, but the videos are Ada's.
@Suite("Limits of an uploader")
struct UploaderLimitTests {
    private static func with(_ body: (EndpointWorld) async throws -> Void) async throws {
        let limits = ["ada": UploadLimits(totalBytes: 5000), "teacher": UploadLimits(totalBytes: 0)]
        try await EndpointWorld.with(
            authorization: LimitedClassroom(limits),
            managers: UploadAuthorization { user, _ in user == "teacher" }, body)
    }

    @Test func `a replacement by a manager isn't checked with the manager's own limits`() async throws {
        try await Self.with { world in
            let id = try await world.ready()
            let file = #"{"file": {"name": "new.mp4", "byteSize": 2000}, "token": "r1"}"#
            let path = "/videos/\(id)/replacement"
            try await world.send(.post, path, json: file).expectProblem(409, "uploadLimitExceeded")
            let reply = try await world.send(.post, path, json: file, as: .teacher)
            #expect(reply.status == 200, "\(reply.text)")
        }
    }

    @Test func `a restoration by a manager isn't checked with the manager's own limits`() async throws {
        try await Self.with { world in
            let id = try await world.ready()
            #expect(try await world.send(.delete, "/videos/\(id)").status == 200)
            _ = try await world.ready(token: "t2")
            let path = "/videos/\(id)/restore"
            try await world.send(.post, path).expectProblem(409, "uploadLimitExceeded")
            let reply = try await world.send(.post, path, as: .teacher)
            #expect(reply.status == 200, "\(reply.text)")
        }
    }
}
#endif
