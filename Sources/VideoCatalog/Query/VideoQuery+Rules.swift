#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoQuery {
    /// The query with bounds to the microsecond, within what the catalog keeps: what every repository calls first.
    ///
    /// - Returns: A query that asks for the same videos.
    /// - Throws: ``CatalogError`` with the code `invalidArgument` for too many identifiers or tags, a text that no video
    ///   can have, or an instant that is not a number.
    public func validated() throws(CatalogError) -> VideoQuery {
        var checker = FieldChecker()
        var query = self
        for id in sessionIDs ?? [] { checker.text("sessionIDs", id.rawValue, limit: CatalogLimits.identifierLength) }
        checker.text("uploadedBy", uploadedBy?.rawValue, limit: CatalogLimits.identifierLength)
        for visibility in visibilities ?? [] {
            checker.text("visibilities", visibility.rawValue, limit: CatalogLimits.shortTextLength)
        }
        for tag in tags { checker.text("tags", tag, limit: CatalogLimits.tagLength) }
        checker.text("titleContains", titleContains, limit: CatalogLimits.titleLength, allowsEmpty: true)
        let limit = CatalogLimits.batchSize
        if sessionIDs?.count ?? 0 > limit { checker.add("sessionIDs", "must be \(limit) at most") }
        if visibilities?.count ?? 0 > limit { checker.add("visibilities", "must be \(limit) at most") }
        if tags.count > CatalogLimits.tagCount { checker.add("tags", "must be \(CatalogLimits.tagCount) at most") }
        query.createdFrom = checker.bound("createdFrom", createdFrom)
        query.createdBefore = checker.bound("createdBefore", createdBefore)
        // Everything was created before an instant that lies beyond the range.
        if let createdBefore, createdBefore > CatalogInstant.last.date { query.createdBefore = nil }
        query.uploadExpiresBy = checker.bound("uploadExpiresBy", uploadExpiresBy)
        guard checker.fields.isEmpty else {
            throw CatalogError(
                .invalidArgument,
                "the query asks for what no video can have: "
                    + checker.fields.map(\.name).joined(separator: ", "), fields: checker.fields)
        }
        return query
    }

    /// Whether a video meets every condition.
    ///
    /// - Parameter video: A video as it is stored.
    /// - Returns: Whether it belongs to the list.
    public func matches(_ video: Video) -> Bool {
        switch deletion {
        case .live: guard !video.isDeleted else { return false }
        case .deleted: guard video.isDeleted else { return false }
        case .any: break
        }
        if let sessionIDs {
            guard let sessionID = video.sessionID, sessionIDs.contains(sessionID) else { return false }
        }
        if let uploadedBy, video.uploadedBy != uploadedBy { return false }
        if let states, !states.contains(video.state.kind) { return false }
        if let visibilities, !visibilities.contains(video.visibility) { return false }
        for tag in tags where !video.tags.contains(where: { $0.utf8.elementsEqual(tag.utf8) }) { return false }
        if let createdFrom, video.createdAt < createdFrom { return false }
        if let createdBefore, video.createdAt >= createdBefore { return false }
        if let uploadExpiresBy {
            guard let uploadExpiresAt = video.uploadExpiresAt, uploadExpiresAt <= uploadExpiresBy else { return false }
        }
        if let titleContains { return CatalogText.title(video.title, contains: titleContains) }
        return true
    }
}

extension FieldChecker {
    fileprivate mutating func bound(_ name: String, _ date: Date?) -> Date? {
        guard let date else { return nil }
        guard let instant = CatalogInstant(clamping: date) else {
            add(name, "must be an instant, not NaN")
            return nil
        }
        return instant.date
    }
}
