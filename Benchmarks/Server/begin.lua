-- Uploads with a new token each.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  count = 0
  start = args[1]
end

function request()
  count = count + 1
  local body = '{"file":{"name":"talk.mp4","byteSize":4096},"sessionID":"speaking/1","title":"My talk","token":"'
    .. start .. "-" .. id .. "-" .. count .. '"}'
  return wrk.format("POST", nil, nil, body)
end
