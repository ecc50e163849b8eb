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
        createdFrom = try query.value("createdFrom", expected: RequestDate.form, RequestDate.date)
        createdBefore = try query.value("createdBefore", expected: RequestDate.form, RequestDate.date)
        titleContains = try query.value("title")
        deletion =
            try query.value("deletion", expected: Self.names(DeletionFilter.allCases), DeletionFilter.init) ?? .live
        order = try query.value("order", expected: Self.names(Order.allCases), Order.init) ?? .newestFirst
    }

    /// The parameters that aren't named like the conditions.
    private static let parameterNames = [
        "sessionIDs": "sessionID", "visibilities": "visibility", "tags": "tag", "titleContains": "title",
    ]

    /// Returns the problem of a catalog that can't apply a condition, with the names of parameters.
    static func problem(_ error: CatalogError) -> EndpointProblem {
        let fields = error.fields.map { field in
            EndpointProblem.Field(
                parameterNames[field.name] ?? field.name,
                field.message.prefix(1).uppercased() + field.message.dropFirst() + ".")
        }
        let list = fields.map { "\($0.name): \($0.message)" }.joined(separator: " ")
        var problem = EndpointProblem(EndpointProblem.Code(error.code.rawValue), "Invalid query. \(list)")
        problem.fields = fields
        return problem
    }

    private static func names<Value: RawRepresentable>(_ values: [Value]) -> String where Value.RawValue == String {
        "one of " + values.map(\.rawValue).joined(separator: ", ")
    }
}

extension Set {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
#endif
