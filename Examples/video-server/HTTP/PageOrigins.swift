#if Emulator && Delivery && SQLite
import HTTPTypes
import Synchronization

/// The origins of the page, which aren't known before the server listens on its port.
final class PageOrigins: Sendable {
    private let origins = Mutex<[String]>([])

    /// The origins, the one to show to people first.
    var all: [String] { origins.withLock { $0 } }

    func set(_ all: [String]) { origins.withLock { $0 = all } }

    /// Returns a Boolean value that indicates whether a request that changes something came from the page.
    ///
    /// Browsers send `Origin` with every such request, and no other page can choose its value. The cookie alone isn't
    /// enough: programs on other ports of this host get it, too.
    func allow(_ request: HTTPRequest) -> Bool {
        if request.method == .get || request.method == .head { return true }
        guard let origin = request.headerFields[.origin] else { return false }
        return all.contains(origin)
    }
}
#endif
