#if Delivery && Emulator
import HTTPTypes
import TestSupport

/// One of the things that people do on a page.
struct DayAction: Sendable {
    let name: String
    let perform: @Sendable (isolated DayRun) async -> Void
}

extension DayRun {
    /// Returns an action with what it needs from the random numbers.
    func chooseAction() -> DayAction {
        if slots.isEmpty || random.happens(0.15) { _ = addSlot() }
        let open = slots.indices.filter { !slots[$0].isOver }
        let slot = open.isEmpty ? addSlot() : random.pick(open)
        let isWrong = random.happens(0.06)
        let isWhole = random.happens(0.6)
        let bytes = makeFile()
        switch random.next(100) {
        case 0..<24:
            // From the first request to the last, as most uploads go.
            return DayAction(name: "upload \(slot)") { run in
                await run.begin(slot)
                await run.send(slot, isWrong: isWrong)
                if isWhole { await run.complete(slot) }
            }
        case 24..<36: return DayAction(name: "begin \(slot)") { await $0.begin(slot) }
        case 36..<46: return DayAction(name: "send \(slot)") { await $0.send(slot, isWrong: isWrong) }
        case 46..<56: return DayAction(name: "complete \(slot)") { await $0.complete(slot) }
        case 56..<61: return DayAction(name: "cancel \(slot)") { await $0.cancel(slot) }
        case 61..<73: return DayAction(name: "replace \(slot)") { await $0.replace(slot, with: bytes) }
        case 73..<88: return DayAction(name: "play \(slot)") { await $0.play(slot) }
        case 88..<93: return DayAction(name: "delete \(slot)") { await $0.delete(slot) }
        default: return DayAction(name: "restore \(slot)") { await $0.restore(slot) }
        }
    }

    private static func file(_ bytes: [UInt8]) -> String {
        #""file": {"name": "talk.mp4", "byteSize": \#(bytes.count)}"#
    }

    private func begin(_ slot: Int) async {
        let (token, bytes) = (slots[slot].token, slots[slot].bytes)
        let body = "{\(Self.file(bytes)), \"token\": \"\(token)\", \"sessionID\": \"s1\"}"
        guard let reply = await send(slot, .post, "/uploads", json: body) else { return }
        switch (reply.status, reply.code) {
        case (200, _):
            if slots[slot].files.isEmpty { slots[slot].files = [bytes] }
            slots[slot].video = reply.object["video"] as? String
            // Once the video is ready, this names the upload of its file, which may be that of a replacement.
            if slots[slot].upload == nil || reply.object["phase"] as? String != "ready" { slots[slot].upload = reply }
        case (410, _), (422, _): await end(slot, reply)
        default: break
        }
    }

    /// Ends the story of an upload that can't be continued.
    private func end(_ slot: Int, _ reply: Reply) async {
        if slots[slot].isAcknowledged, !slots[slot].isDeleted {
            fail("slot \(slot) was acknowledged: \(reply.text)")
        }
        slots[slot].isOver = true
    }

    /// Sends what the last response asks for, which may be too late.
    private func send(_ slot: Int, isWrong: Bool) async {
        guard let (upload, right) = current(slot) else { return }
        let bytes = isWrong ? SampleVideo.text(right.count) : right
        var requests: [(request: [String: Any], bytes: [UInt8])] = []
        if let request = upload.object["request"] as? [String: Any] { requests.append((request, bytes)) }
        for part in upload.object["parts"] as? [[String: Any]] ?? [] {
            guard let offset = part["offset"] as? Int, let length = part["length"] as? Int,
                let request = part["request"] as? [String: Any], offset + length <= bytes.count
            else { continue }
            requests.append((request, Array(bytes[offset..<(offset + length)])))
        }
        for (request, bytes) in requests {
            guard let url = request["url"] as? String, let headers = request["headers"] as? [String: String] else {
                fail("slot \(slot): a request without URL")
                return
            }
            let status = try? await world.put(url, bytes, headers: headers.filter { $0.key != "content-length" })
            note("slot \(slot) PUT: \(status ?? 0)")
        }
    }

    private func complete(_ slot: Int) async {
        guard let video = slots[slot].video, let (upload, bytes) = current(slot),
            let attempt = upload.object["attempt"] as? String
        else { return }
        let replacement = slots[slot].replacement
        let path = "/uploads/\(video)/complete"
        guard let reply = await send(slot, .post, path, json: #"{"attempt": "\#(attempt)"}"#) else { return }
        if reply.status == 200 {
            if reply.object["state"] as? String != "ready" { fail("slot \(slot) is complete and not ready") }
            slots[slot].isAcknowledged = true
            if let index = slots[slot].files.firstIndex(of: bytes) { slots[slot].files.removeFirst(index) }
            if slots[slot].replacement?.token == replacement?.token { slots[slot].replacement = nil }
        } else if [409, 410, 422].contains(reply.status), replacement?.upload != nil,
            ["superseded", "verificationFailed", "uploadExpired", "uploadCanceled"].contains(reply.code ?? ""),
            slots[slot].replacement?.token == replacement?.token
        {
            slots[slot].replacement = nil
        }
    }

    private func cancel(_ slot: Int) async {
        guard let video = slots[slot].video, let attempt = current(slot)?.upload.object["attempt"] as? String else {
            return
        }
        let replacement = slots[slot].replacement
        guard let reply = await send(slot, .delete, "/uploads/\(video)?attempt=\(attempt)") else { return }
        if reply.object["canceled"] as? Bool == true, replacement?.upload != nil,
            slots[slot].replacement?.token == replacement?.token
        {
            slots[slot].replacement = nil
        }
    }

    private func replace(_ slot: Int, with bytes: [UInt8]) async {
        guard slots[slot].isAcknowledged, let video = slots[slot].video else { return }
        if slots[slot].replacement == nil {
            slots[slot].replacement = ("replacement \(trace.count)", bytes, nil)
            slots[slot].files.append(bytes)
        }
        guard let replacement = slots[slot].replacement else { return }
        let body = "{\(Self.file(replacement.bytes)), \"token\": \"\(replacement.token)\"}"
        guard let reply = await send(slot, .post, "/videos/\(video)/replacement", json: body) else { return }
        guard slots[slot].replacement?.token == replacement.token else { return }
        if reply.status == 200 {
            slots[slot].replacement?.upload = reply
        } else if [410, 422].contains(reply.status) {
            slots[slot].replacement = nil
        }
    }

    /// Plays a video: the file is one of those that were acknowledged.
    private func play(_ slot: Int) async {
        guard let video = slots[slot].video else { return }
        guard let reply = await send(slot, .get, "/videos/\(video)/playback") else { return }
        guard reply.status == 200, let url = reply.object["url"] as? String else {
            let mayFail = reply.status >= 500 || slots[slot].isDeleted || !slots[slot].isAcknowledged
            if !mayFail { fail("slot \(slot) can't be played: \(reply.text)") }
            return
        }
        guard let file = try? await world.get(url), file.status == 200 else { return }
        if !slots[slot].files.contains(file.body) { fail("slot \(slot) plays another file") }
    }

    private func delete(_ slot: Int) async {
        guard slots[slot].isAcknowledged, let video = slots[slot].video else { return }
        // Also if the response is lost.
        slots[slot].isDeleted = true
        _ = await send(slot, .delete, "/videos/\(video)")
    }

    private func restore(_ slot: Int) async {
        guard slots[slot].isDeleted, let video = slots[slot].video else { return }
        guard let reply = await send(slot, .post, "/videos/\(video)/restore") else { return }
        if reply.status == 200 {
            slots[slot].isDeleted = false
        } else if reply.status < 500 {
            fail("slot \(slot) can't be restored on the same day: \(reply.text)")
        }
    }
}
#endif
