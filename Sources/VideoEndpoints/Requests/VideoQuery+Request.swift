#if Delivery
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension VideoQuery {
    /// Creates the conditions that a request for a list states.
    ///
    /// - Throws: An ``EndpointProblem`` with the code `invalidQuery`.
    init(_ query: RequestQuery) throws(EndpointProblem) {
        self.init()
        sessionIDs = Set(query.values("sessionID").map { CourseSessionID($0) }).nonEmpty
        uploadedBy = try query.value("uploadedBy").map { UserID($0) }
        var states: Set<Video.State.Kind> = []
        for name in query.values("state") {
            guard let state = Video.State.Kind(rawValue: name) else {
                throw .invalidQuery("state", Self.names(Video.State.Kind.allCases))
            }
            states.insert(state)
        }
        self.states = states.nonEmpty
        visibilities = Set(query.values("visibility").map(Video.Visibility.init)).nonEmpty
        tags = query.values("tag")
        createdFrom = try query.value("createdFrom", expected: Self.dateForm, Self.date)
        createdBefore = try query.value("createdBefore", expected: Self.dateForm, Self.date)
        titleContains = try query.value("title")
        deletion =
            try query.value("deletion", expected: Self.names(DeletionFilter.allCases), DeletionFilter.init) ?? .live
        order = try query.value("order", expected: Self.names(Order.allCases), Order.init) ?? .newestFirst
    }

    private static let dateForm = "a date in UTC, such as 2026-03-01T09:30:00Z"

    private static func date(_ text: String) -> Date? { CatalogTimestamp(text)?.date }

    private static func names<Value: RawRepresentable>(_ values: [Value]) -> String where Value.RawValue == String {
        "one of " + values.map(\.rawValue).joined(separator: ", ")
    }
}

extension Set {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
#endif
