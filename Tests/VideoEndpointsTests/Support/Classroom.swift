#if Delivery
import VideoCatalog
import VideoDelivery
import VideoEndpoints

/// A caller of the tests' app.
struct Person: Sendable, Equatable {
    let name: String

    static let ada = Person(name: "ada")
    static let bob = Person(name: "bob")
    static let teacher = Person(name: "teacher")
}

/// The rules of the tests' app: everyone has their own videos, and the teacher may see all.
struct Classroom: EndpointAuthorization, PlaybackAuthorization {
    struct Failure: Error {}

    func userID(of caller: Person) -> UserID { UserID(caller.name) }

    func mayUpload(to sessionID: CourseSessionID?, caller: Person) throws -> Bool {
        if sessionID == "broken" { throw Failure() }
        if sessionID == "full" {
            throw EndpointProblem(
                .init("sessionFull"), status: 409, title: "Session full", detail: "Choose another session.")
        }
        return sessionID == "s1" || sessionID == "s2"
    }

    func may(_ action: VideoAction, _ video: Video, caller: Person) -> Bool {
        switch action {
        case .read: mayPlay(video, viewer: caller)
        case .edit, .delete, .restore: video.uploadedBy == userID(of: caller)
        default: false
        }
    }

    func scope(of query: VideoQuery, caller: Person) -> VideoQuery? {
        if caller == .teacher { return query }
        var query = query
        guard query.uploadedBy == nil || query.uploadedBy == userID(of: caller) else { return nil }
        query.uploadedBy = userID(of: caller)
        return query
    }

    func mayPlay(_ video: Video, viewer: Person) -> Bool {
        video.uploadedBy == userID(of: viewer) || viewer == .teacher
    }

    func identifier(of viewer: Person) -> String { viewer.name }

    func viewer(withIdentifier identifier: String) -> Person? { Person(name: identifier) }
}
#endif
