#if Emulator
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Reads what an earlier emulator left in a directory, and removes what it didn't finish.
struct FolderLoader {
    let root: String

    func buckets() throws -> [BucketState] {
        try SystemPath.names(in: "\(root)/buckets").sorted().compactMap { name in
            let directory = "\(root)/buckets/\(name)"
            guard var bucket = (read(BucketDocument.self, "\(directory)/bucket.json"))?.state, bucket.name == name
            else { return nil }
            try loadObjects(in: "\(directory)/objects", at: [], into: &bucket)
            try loadUploads(in: "\(directory)/uploads", into: &bucket)
            return bucket
        }
    }

    private func loadObjects(in base: String, at path: [String], into bucket: inout BucketState) throws {
        let directory = ([base] + path).joined(separator: "/")
        guard SystemPath.isDirectory(directory) else { return }
        let names = try SystemPath.names(in: directory)
        var bodies: Set<String> = []
        for name in names where name.hasSuffix("+.json") {
            let file = "\(directory)/\(name)"
            guard let document = read(ObjectDocument.self, file), let body = body(document.body, in: directory),
                body.length == document.length
            else {
                SystemPath.remove(file)
                continue
            }
            // A file that was copied here by hand belongs to another key.
            let expected = ObjectPath.names(of: document.key)
            guard expected.directories == path, "\(expected.name)+.json" == name else { continue }
            bodies.insert(document.body)
            bucket.objects.insert(document.record(body: body))
        }
        for name in names {
            if name.hasSuffix(".data"), !bodies.contains(name) {
                SystemPath.remove("\(directory)/\(name)")
            } else if !name.contains("+") {
                try loadObjects(in: base, at: path + [name], into: &bucket)
            }
        }
    }

    private func loadUploads(in base: String, into bucket: inout BucketState) throws {
        guard SystemPath.isDirectory(base) else { return }
        let names = try SystemPath.names(in: base)
        for name in names where name.hasSuffix(".json") {
            guard let document = read(FinishedUploadDocument.self, "\(base)/\(name)") else { continue }
            bucket.finished[document.id] = document.result
            // The emulator may have been killed in between.
            SystemPath.removeTree("\(base)/\(name.dropLast(".json".count))")
        }
        for name in names {
            let directory = "\(base)/\(name)"
            guard SystemPath.isDirectory(directory) else { continue }
            guard var upload = read(UploadDocument.self, "\(directory)/upload.json")?.record else {
                SystemPath.removeTree(directory)
                continue
            }
            let names = try SystemPath.names(in: directory)
            var bodies: Set<String> = []
            for name in names where name.hasSuffix("+.json") {
                guard let document = read(PartDocument.self, "\(directory)/\(name)"),
                    let body = body(document.body, in: directory), body.length == document.length
                else { continue }
                bodies.insert(document.body)
                upload.parts[document.number] = document.record(body: body)
            }
            for name in names where name.hasSuffix(".data") && !bodies.contains(name) {
                SystemPath.remove("\(directory)/\(name)")
            }
            bucket.uploads[upload.id] = upload
        }
    }

    private func read<Document: Decodable>(_ type: Document.Type, _ path: String) -> Document? {
        guard SystemPath.length(of: path) != nil, let data = try? Data(contentsOf: URL(filePath: path)) else {
            return nil
        }
        return try? JSONDecoder().decode(type, from: data)
    }

    /// Returns a body, whose name must not leave the directory.
    private func body(_ name: String, in directory: String) -> FileBody? {
        guard !name.contains("/"), name.hasSuffix(".data"), let length = SystemPath.length(of: "\(directory)/\(name)")
        else { return nil }
        return FileBody(permanent: "\(directory)/\(name)", length: length)
    }
}
#endif
