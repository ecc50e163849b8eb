import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Responses with listings")
struct ListResponseTests {
    private func page(_ content: String, token: String? = nil) throws -> ListObjectsV2.Page {
        let body = "<ListBucketResult>\(content)</ListBucketResult>"
        return try ListObjectsV2(continuationToken: token).output(from: Sample.response(200, body: body))
    }

    private func object(_ key: String, _ more: String = "") -> String {
        "<Contents><Key>\(key)</Key><Size>5</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified>\(more)</Contents>"
    }

    private let last = "<IsTruncated>false</IsTruncated>"

    @Test func `a page in R2 format is read`() throws {
        let body = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Name>media</Name><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>
              <Contents><Key>videos/a%20b%2Bc%01.mp4</Key><Size>9007199254740993</Size>
                <LastModified>2026-01-02T03:04:05.250Z</LastModified><ETag>&quot;\(Sample.etag)&quot;</ETag>
                <StorageClass>STANDARD_IA</StorageClass>
                <Owner><ID>me</ID><DisplayName>Me</DisplayName></Owner></Contents>
              <CommonPrefixes><Prefix>videos%2Fold/</Prefix></CommonPrefixes>
              <NextContinuationToken>1%2B+/=</NextContinuationToken><MaxKeys>1000</MaxKeys><KeyCount>2</KeyCount>
            </ListBucketResult>
            """
        let page = try ListObjectsV2().output(from: Sample.response(200, body: body))
        let object = try #require(page.objects.first)
        #expect(page.objects.count == 1)
        #expect(object.key.rawValue == "videos/a b+c\u{1}.mp4" && object.size == 9_007_199_254_740_993)
        #expect(object.lastModified == Fixture.instant.addingTimeInterval(0.25))
        #expect(
            object.etag?.opaqueValue == Sample.etag && object.storageClass == .infrequentAccess
                && object.ownerID == "me")
        #expect(page.commonPrefixes == ["videos/old/"])
        #expect(page.nextContinuationToken == "1%2B+/=")
    }

    @Test func `a page in the format of other servers is read`() throws {
        let body =
            "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- a list -->"
            + "<s3:ListBucketResult xmlns:s3='http://s3.amazonaws.com/doc/2006-03-01/' a = \"b>c\" >"
            + "<s3:EncodingType>url</s3:EncodingType><s3:Prefix/><s3:Marker></s3:Marker>"
            + "<s3:Contents><s3:Key><![CDATA[a+b]]>%2B</s3:Key><s3:LastModified>2026-01-02T03:04:05Z</s3:LastModified>"
            + "<s3:ETag></s3:ETag><s3:Size>0</s3:Size><s3:StorageClass/></s3:Contents>"
            + "<s3:IsTruncated>false</s3:IsTruncated></s3:ListBucketResult><!-- end -->\n"
        let page = try ListObjectsV2().output(from: Sample.response(200, body: body))
        let object = try #require(page.objects.first)
        // A space can be sent as '+'. A plus is always sent as %2B.
        #expect(object.key.rawValue == "a b+" && object.etag == nil && object.storageClass == .standard)
        #expect(page.nextContinuationToken == nil)
    }

    @Test func `names that are not encoded stay unchanged`() throws {
        let page = try page(
            object("a%20b+c") + object("/a//../b/") + "<CommonPrefixes><Prefix>%2F</Prefix></CommonPrefixes>" + last)
        #expect(page.objects.map(\.key.rawValue) == ["a%20b+c", "/a//../b/"])
        #expect(page.commonPrefixes == ["%2F"])
    }

    @Test(arguments: [
        "", "<IsTruncated>true</IsTruncated>", "<IsTruncated>true</IsTruncated><NextContinuationToken/>",
        "<IsTruncated>yes</IsTruncated>", "<IsTruncated/>",
        "<IsTruncated>false</IsTruncated><IsTruncated>true</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>",
    ])
    func `a list without a clear end or continuation throws`(_ end: String) throws {
        #expect(try r2Error { _ = try page(object("a") + end, token: "same") }.code == .invalidResponse)
    }

    @Test(arguments: [
        "<Contents/>", "<Contents><Key>a</Key><Size>1</Size></Contents>",
        "<Contents><Key/><Size>1</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>",
        "<Contents><Key>a</Key><Key>b</Key><Size>1</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>",
        "<Contents><Key>a</Key><Size>-1</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>",
        "<Contents><Key>a</Key><Size>1</Size><LastModified>yesterday</LastModified></Contents>",
        "<Contents><Key><b/></Key><Size>1</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>",
        "<CommonPrefixes/>", "<EncodingType>base64</EncodingType>", "text",
        "<EncodingType>url</EncodingType><CommonPrefixes><Prefix>%</Prefix></CommonPrefixes>",
        "<EncodingType>url</EncodingType><CommonPrefixes><Prefix>%4</Prefix></CommonPrefixes>",
        "<EncodingType>url</EncodingType><CommonPrefixes><Prefix>%FF</Prefix></CommonPrefixes>",
    ])
    func `an incomplete entry throws`(_ content: String) throws {
        #expect(try r2Error { _ = try page(content + last) }.code == .invalidResponse)
    }

    @Test func `a document beyond the maximum length throws`() throws {
        let padding = String(repeating: " ", count: ListObjectsV2.maximumResponseLength)
        #expect(try r2Error { _ = try page(padding + last) }.code == .invalidResponse)
        let long = String(repeating: "a", count: 1025)
        #expect(try r2Error { _ = try page(object(long) + last) }.code == .invalidResponse)
    }

    // MARK: Uploads and parts

    @Test func `a page of parts has a marker for the next page`() throws {
        let operation = ListParts(try Sample.uploadID(), key: try Sample.key(), partNumberMarker: 1)
        func page(_ end: String) throws -> ListParts.Page {
            let part =
                "<Part><PartNumber>2</PartNumber><ETag>\"\(Sample.etag)\"</ETag><Size>5242880</Size>"
                + "<LastModified>2026-01-02T03:04:05Z</LastModified><ChecksumCRC32>x</ChecksumCRC32></Part>"
            let body =
                "<ListPartsResult><Key>a</Key><PartNumberMarker>1</PartNumberMarker>\(part)\(end)</ListPartsResult>"
            return try operation.output(from: Sample.response(200, body: body))
        }
        let whole = try page("<IsTruncated>false</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker>")
        #expect(whole.nextPartNumberMarker == nil && whole.parts.count == 1)
        #expect(whole.parts.first?.number == 2 && whole.parts.first?.size == 5_242_880)
        let more = try page("<IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>")
        #expect(more.nextPartNumberMarker == 2)
        for end in [
            "", "<IsTruncated>true</IsTruncated>",
            "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>",
        ] {
            #expect(try r2Error { _ = try page(end) }.code == .invalidResponse)
        }
    }

    @Test func `a page of uploads has a marker for the next page`() throws {
        func page(_ content: String, after marker: ListMultipartUploads.Marker? = nil) throws
            -> ListMultipartUploads.Page
        {
            let body =
                "<ListMultipartUploadsResult><EncodingType>url</EncodingType>\(content)</ListMultipartUploadsResult>"
            return try ListMultipartUploads(marker: marker).output(from: Sample.response(200, body: body))
        }
        let upload =
            "<Upload><Key>a%20b</Key><UploadId>x+y%2B=</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated>"
            + "<StorageClass>STANDARD</StorageClass><Owner><ID>o</ID></Owner></Upload>"
        let next =
            "<IsTruncated>true</IsTruncated><NextKeyMarker>a%20b</NextKeyMarker>"
            + "<NextUploadIdMarker>x+y%2B=</NextUploadIdMarker>"
        let first = try page(upload + "<CommonPrefixes><Prefix>c%2F</Prefix></CommonPrefixes>" + next)
        #expect(first.uploads.first?.key.rawValue == "a b" && first.uploads.first?.uploadID.rawValue == "x+y%2B=")
        #expect(first.uploads.first?.initiated == Fixture.instant && first.commonPrefixes == ["c/"])
        #expect(first.next == ListMultipartUploads.Marker(key: "a b", uploadID: "x+y%2B="))
        #expect(try page(upload + last).next == nil)
        for refused in ["", "<IsTruncated>true</IsTruncated>", next, "<Upload/>" + last] {
            let error = try r2Error {
                _ = try page(refused, after: ListMultipartUploads.Marker(key: "a b", uploadID: "x+y%2B="))
            }
            #expect(error.code == .invalidResponse)
        }
    }

    @Test(arguments: [
        ("a%20b%2Bc%25", "a b+c%", "a b+c%"), ("a%20b", "a%20b", "a%20b"), ("a b+c", "a b+c", "a b+c"),
        ("a%20b", "c d", "a%20b"), ("100%", "100", "100%"),
    ])
    func `the marker reveals keys of uploads whose encoding is not stated`(
        _ key: String, _ marker: String, _ expected: String
    ) throws {
        let body = """
            <ListMultipartUploadsResult><NextKeyMarker>\(marker)</NextKeyMarker><IsTruncated>true</IsTruncated>\
            <Upload><Key>\(key)</Key><UploadId>1</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>\
            </ListMultipartUploadsResult>
            """
        let page = try ListMultipartUploads().output(from: Sample.response(200, body: body))
        #expect(page.uploads.map(\.key.rawValue) == [expected] && page.next?.key == marker)
    }
}
