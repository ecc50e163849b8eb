#if Postgres
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import VideoCatalog

extension PostgresResult {
    /// The videos of a result whose first columns are those of ``VideoColumn``.
    ///
    /// - Returns: One a row.
    /// - Throws: `CatalogError` with the code `corruptRow`.
    func videos() throws -> [Video] { try rows { try Video($0) } }

    /// The video of the first row, whose first columns are those of ``VideoColumn``.
    ///
    /// - Returns: The video; `nil` if there is no row.
    /// - Throws: `CatalogError` with the code `corruptRow`.
    func firstVideo() throws -> Video? {
        guard rowCount > 0 else { return nil }
        return try row(0) { try Video($0) }
    }

    /// What is made of each row, whose first columns are those of ``VideoColumn``.
    ///
    /// - Parameter make: Makes something of a row.
    /// - Returns: One a row.
    /// - Throws: `CatalogError` with the code `corruptRow`.
    func rows<Value>(_ make: (RowReader) throws -> Value) throws -> [Value] {
        try (0..<rowCount).map { try row($0, make) }
    }

    private func row<Value>(_ row: Int, _ make: (RowReader) throws -> Value) throws -> Value {
        guard columnCount >= VideoColumn.allCases.count, ends.count == rowCount * columnCount else {
            throw CatalogError(.storeFailure, "the session gave rows with other columns than were asked for")
        }
        return try bytes.withUnsafeBytes { bytes in
            try ends.withUnsafeBufferPointer { ends in
                let reader = RowReader(bytes: bytes, ends: ends, first: row * columnCount)
                do {
                    return try make(reader)
                } catch let error as RowReader.Corruption {
                    throw CatalogError.corruptRow(reader, error)
                }
            }
        }
    }
}

extension Video {
    init(_ row: RowReader) throws(RowReader.Corruption) {
        let kindColumn = VideoColumn.state.place
        guard let kind = try State.Kind(rawValue: row.text(kindColumn)) else { throw .init(column: kindColumn) }
        let versionColumn = VideoColumn.version.place
        guard let version = try row.integer(versionColumn).flatMap(Int.init(exactly:)) else {
            throw .init(column: versionColumn)
        }
        self.init(
            id: ID(try row.uuid(VideoColumn.id.place)), title: try row.text(VideoColumn.title.place),
            objectKey: try row.text(VideoColumn.objectKey.place),
            uploadedBy: UserID(rawValue: try row.text(VideoColumn.uploadedBy.place)),
            state: State(kind: kind, failureReason: row.optionalText(VideoColumn.failureReason.place)),
            version: version, createdAt: try row.instant(.createdAt), updatedAt: try row.instant(.updatedAt))
        description = row.optionalText(VideoColumn.description.place)
        sessionID = row.optionalText(VideoColumn.sessionID.place).map(CourseSession.ID.init(rawValue:))
        contentType = row.optionalText(VideoColumn.contentType.place)
        byteSize = try row.integer(VideoColumn.byteSize.place)
        etag = row.optionalText(VideoColumn.etag.place)
        duration = try row.number(VideoColumn.duration.place)
        width = try row.integer(VideoColumn.width.place).map(Int.init(truncatingIfNeeded:))
        height = try row.integer(VideoColumn.height.place).map(Int.init(truncatingIfNeeded:))
        frameRate = try row.number(VideoColumn.frameRate.place)
        thumbnailKey = row.optionalText(VideoColumn.thumbnailKey.place)
        tags = try row.texts(VideoColumn.tags.place)
        metadata = try row.decoded(.metadata, empty: "{}", [:])
        renditions = try row.decoded(.renditions, empty: "[]", [])
        visibility = Visibility(rawValue: try row.text(VideoColumn.visibility.place))
        externalID = row.optionalText(VideoColumn.externalID.place)
        uploadExpiresAt = try row.date(VideoColumn.uploadExpiresAt.place)
        uploadedAt = try row.date(VideoColumn.uploadedAt.place)
        readyAt = try row.date(VideoColumn.readyAt.place)
        deleteAfter = try row.date(VideoColumn.deleteAfter.place)
        deletedAt = try row.date(VideoColumn.deletedAt.place)
    }
}

extension RowReader {
    fileprivate func instant(_ column: VideoColumn) throws(Corruption) -> Date {
        guard let date = try date(column.place) else { throw Corruption(column: column.place) }
        return date
    }

    /// An empty object or array is one pair of brackets, and needs no decoder.
    fileprivate func decoded<Value: Decodable>(
        _ column: VideoColumn, empty brackets: StaticString, _ empty: Value
    ) throws(Corruption) -> Value {
        let json = try json(column.place)
        if json.count == 2, json[0] == brackets.utf8Start[0], json[1] == brackets.utf8Start[1] { return empty }
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(json)) else {
            throw Corruption(column: column.place)
        }
        return value
    }
}

extension CatalogError {
    static func corruptRow(_ row: RowReader, _ corruption: RowReader.Corruption) -> CatalogError {
        let id = (try? row.uuid(VideoColumn.id.place)).map { "the row of the video \(Video.ID($0))" } ?? "a row"
        let columns = VideoColumn.allCases
        let name = columns.indices.contains(corruption.column) ? columns[corruption.column].name : "claim_token"
        return CatalogError(
            .corruptRow,
            "\(id) holds in the column \(name) what no version of this package has written: mend it by hand")
    }
}
#endif
