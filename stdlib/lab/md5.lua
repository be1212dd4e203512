-- SPDX-License-Identifier: MIT
--
-- MD5 (RFC 1321), only because the API names SSH keys by it. Never for secrecy.

local shifts = {
  { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 },
}

local sines = {}
for i = 1, 64 do sines[i] = math.floor(math.abs(math.sin(i)) * 2 ^ 32) | 0 end

local function mix(round, b, c, d)
  if round == 0 then return (b & c) | (~b & d) end
  if round == 1 then return (d & b) | (~d & c) end
  if round == 2 then return b ~ c ~ d end
  return c ~ (b | (~d & 0xffffffff))
end

local function word_at(round, i)
  if round == 0 then return i end
  if round == 1 then return (5 * i + 1) % 16 end
  if round == 2 then return (3 * i + 5) % 16 end
  return (7 * i) % 16
end

local function block(text, at, a, b, c, d)
  local a0, b0, c0, d0 = a, b, c, d
  for i = 0, 63 do
    local round = i // 16
    local word = string.unpack("<I4", text, at + 4 * word_at(round, i))
    local sum = (a + mix(round, b, c, d) + sines[i + 1] + word) & 0xffffffff
    local by = shifts[round + 1][i % 4 + 1]
    a, d, c = d, c, b
    b = (b + ((sum << by) | (sum >> (32 - by)))) & 0xffffffff
  end
  local all = 0xffffffff
  return (a + a0) & all, (b + b0) & all, (c + c0) & all, (d + d0) & all
end

-- The digest of a text in hex.
return function(text)
  local padded = text .. "\x80" .. ("\0"):rep((55 - #text) % 64)
    .. string.pack("<I8", #text * 8)
  local a, b, c, d = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
  for at = 1, #padded, 64 do a, b, c, d = block(padded, at, a, b, c, d) end
  return (string.pack("<I4I4I4I4", a, b, c, d):gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end
