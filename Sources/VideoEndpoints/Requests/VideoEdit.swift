#if Delivery
internal import VideoCatalog

/// The body of a request to edit a video: a merge patch as defined in RFC 7396.
///
/// A field that isn't known is an error. Otherwise a client would think that it was changed.
struct VideoEdit: Decodable {
    /// The version that the client has seen, or `nil` to change any version.
    private(set) var version: Int?
    private(set) var changes = VideoChanges()

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
            switch key.stringValue {
            case "version": version = Int(clamping: try container.decode(WholeNumber.self, forKey: key).value)
            case "title": changes.title = .set(try container.decode(String.self, forKey: key))
            case "description": changes.description = .set(try container.decode(String?.self, forKey: key))
            case "sessionID": changes.sessionID = .set(try container.decode(CourseSessionID?.self, forKey: key))
            case "tags": changes.tags = .set(try container.decode([String].self, forKey: key))
            case "visibility":
                changes.visibility = .set(Video.Visibility(rawValue: try container.decode(String.self, forKey: key)))
            default:
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription:
                        "Expected only version, title, description, sessionID, tags and visibility.")
            }
        }
    }

    /// The session to which the video moves, or `nil` if it stays where it is.
    var newSession: CourseSessionID?? {
        if case .set(let session) = changes.sessionID { .some(session) } else { nil }
    }
}
#endif
