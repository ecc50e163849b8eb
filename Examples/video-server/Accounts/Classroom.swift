#if Emulator && Delivery && SQLite
import VideoCatalog
import VideoDelivery
import VideoEndpoints

/// The rules of the course: everyone has their own videos, and the teacher may see and manage all of them.
struct Classroom: EndpointAuthorization, PlaybackAuthorization {
    func userID(of caller: Person) -> UserID { UserID(caller.id) }

    func mayUpload(to sessionID: CourseSessionID?, caller: Person) -> Bool {
        CourseSession.all.contains { $0.id == sessionID }
    }

    func may(_ action: VideoAction, _ video: Video, caller: Person) -> Bool {
        switch action {
        case .read, .edit, .delete, .restore: isOwner(of: video, caller) || caller.isTeacher
        default: false
        }
    }

    func scope(of query: VideoQuery, caller: Person) -> VideoQuery? {
        if caller.isTeacher { return query }
        var query = query
        guard query.uploadedBy == nil || query.uploadedBy == userID(of: caller) else { return nil }
        query.uploadedBy = userID(of: caller)
        return query
    }

    func mayPlay(_ video: Video, viewer: Person) -> Bool { isOwner(of: video, viewer) || viewer.isTeacher }

    func identifier(of viewer: Person) -> String { viewer.id }

    func viewer(withIdentifier identifier: String) -> Person? { Person(id: identifier) }

    private func isOwner(of video: Video, _ person: Person) -> Bool { video.uploadedBy == userID(of: person) }
}
#endif
