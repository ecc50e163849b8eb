#if Emulator && Delivery && SQLite
import HTTPTypes
import Synchronization

/// The origins of the page, which aren't known before the server listens on its port.
final class PageOrigins: Sendable {
    private let origins = Mutex<[String]>([])

    /// The origins, the one to show to people first.
    var all: [String] { origins.withLock { $0 } }

    func set(_ all: [String]) { origins.withLock { $0 = all } }

    /// Returns a Boolean value that indicates whether a request may have come from the page.
    ///
    /// Browsers send `Origin` with every request that changes something, and no other page can choose its value. The
    /// cookie alone isn't enough: programs on other ports of this host get it, too. Requests that read need no header,
    /// as players send none. Below the API they are refused with a header of another page, because one of them begins
    /// an upload.
    ///
    /// - Parameters:
    ///   - request: The head of the request.
    ///   - prefix: The path below which the API is.
    /// - Returns: Whether to handle the request.
    func allow(_ request: HTTPRequest, apiPrefix prefix: String) -> Bool {
        let origin = request.headerFields[.origin]
        guard request.method == .get || request.method == .head else { return origin.map(all.contains) ?? false }
        guard request.path?.hasPrefix(prefix + "/") ?? false else { return true }
        if let origin, !all.contains(origin) { return false }
        guard let site = Self.fetchSite.flatMap({ request.headerFields[$0] }) else { return true }
        return site == "same-origin" || site == "none"
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
}
#endif
