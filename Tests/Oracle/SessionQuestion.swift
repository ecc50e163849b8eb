import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Temporary credentials, and a URL signed with them.
///
/// Permissions and actions have the names of the static members.
struct SessionQuestion: Decodable {
    let config: ConfigInput
    /// For an endpoint that doesn't name the account.
    let accountID: String?
    let permission: String?
    let actions: [String]
    let prefixes: [String]
    let objects: [String]
    let seconds: Int64
    let attoseconds: Int64
    /// The seconds since 1970.
    let instant: Double
    let key: String
    let urlLifetime: Int

    private static let permissions: [String: TemporaryCredentials.Permission] = [
        "adminReadWrite": .adminReadWrite, "adminReadOnly": .adminReadOnly, "objectReadWrite": .objectReadWrite,
        "objectReadOnly": .objectReadOnly,
    ]
    private static let actions: [String: TemporaryCredentials.Action] = [
        "headObject": .headObject, "getObject": .getObject, "getBucketLocation": .getBucketLocation,
        "listObjectsV1": .listObjectsV1, "listObjectsV2": .listObjectsV2,
        "listMultipartUploads": .listMultipartUploads, "listParts": .listParts, "putObject": .putObject,
        "deleteObject": .deleteObject, "deleteObjects": .deleteObjects, "copyObject": .copyObject,
        "createMultipartUpload": .createMultipartUpload, "uploadPart": .uploadPart, "uploadPartCopy": .uploadPartCopy,
        "abortMultipartUpload": .abortMultipartUpload, "completeMultipartUpload": .completeMultipartUpload,
    ]

    func answer() throws -> Answer {
        let parent = try config.config()
        let scope = TemporaryCredentials.Scope(
            permission: try permission.map { name in try Self.find(name, in: Self.permissions) },
            actions: try actions.map { name in try Self.find(name, in: Self.actions) }, prefixes: prefixes,
            objects: try objects.map { key in try ObjectKey(key) })
        let lifetime = Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
        let instant = Date(timeIntervalSince1970: instant)
        let session =
            if let accountID {
                try TemporaryCredentials(
                    for: parent, accountID: try AccountID(accountID), scope: scope, lifetime: lifetime, at: instant)
            } else {
                try TemporaryCredentials(for: parent, scope: scope, lifetime: lifetime, at: instant)
            }
        let url = try R2Presigner(session.config).presignPlayback(
            of: try ObjectKey(key), expiresIn: .seconds(urlLifetime), at: instant)
        return Answer(requests: [try Answer.Request(url)], session: session.exposed)
    }

    private static func find<Value>(_ name: String, in values: [String: Value]) throws -> Value {
        guard let value = values[name] else { throw QuestionError("nothing is called '\(name)'") }
        return value
    }
}
