-- SPDX-License-Identifier: MIT
--
-- SHA-256 and base64 for tests in plain Lua.
local bytes = {}

local function primes(count, root)
  local found, candidate = {}, 2
  while #found < count do
    local prime = true
    for divisor = 2, math.floor(candidate ^ 0.5) do
      if candidate % divisor == 0 then prime = false break end
    end
    if prime then
      local fraction = candidate ^ (1 / root) % 1
      found[#found + 1] = math.floor(fraction * 2 ^ 32)
    end
    candidate = candidate + 1
  end
  return found
end

local constants, first = primes(64, 3), primes(8, 2)

local function rotate(word, count)
  return ((word >> count) | (word << (32 - count))) & 0xffffffff
end

local function expand(block)
  local words = { string.unpack(">" .. ("I4"):rep(16), block) }
  for i = 17, 64 do
    local a, b = words[i - 15], words[i - 2]
    local low = rotate(a, 7) ~ rotate(a, 18) ~ (a >> 3)
    local high = rotate(b, 17) ~ rotate(b, 19) ~ (b >> 10)
    words[i] = (words[i - 16] + low + words[i - 7] + high) & 0xffffffff
  end
  return words
end

local function compress(state, block)
  local words = expand(block)
  local a, b, c, d, e, f, g, h = table.unpack(state)
  for i = 1, 64 do
    local choice = (e & f) ~ (~e & g)
    local one = h + (rotate(e, 6) ~ rotate(e, 11) ~ rotate(e,
      25)) + choice + constants[i] + words[i]
    local two = (rotate(a, 2) ~ rotate(a, 13) ~ rotate(a,
      22)) + ((a & b) ~ (a & c) ~ (b & c))
    h, g, f, e, d, c, b, a = g, f, e, (d + one) & 0xffffffff, c, b, a,
      (one + two) & 0xffffffff
  end
  for i, word in ipairs { a, b, c, d, e, f, g,
    h } do state[i] = (state[i] + word) & 0xffffffff end
end

function bytes.sha256(text)
  local state = { table.unpack(first) }
  local padded = text .. "\x80" .. ("\0"):rep((55 - #text) % 64) .. string.pack(">I8",
    #text * 8)
  for at = 1, #padded, 64 do compress(state, padded:sub(at, at + 63)) end
  return (("%08x"):rep(8):format(table.unpack(state)))
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function bytes.base64(text)
  return (text:gsub("..?.?", function(part)
    local a, b, c = part:byte(1, 3)
    local bits, out = (a << 16) | ((b or 0) << 8) | (c or 0), ""
    for i = 0, 3 do
      local at = (bits >> (18 - 6 * i)) & 63
      out = out .. (i <= #part and letters:sub(at + 1, at + 1) or "=")
    end
    return out
  end))
end

function bytes.from_base64(text)
  local bits, count, out = 0, 0, {}
  for letter in text:gmatch("[%w+/]") do
    bits, count = ((bits << 6) | (letters:find(letter, 1, true) - 1)) & 0xffffff,
      count + 6
    if count >= 8 then
      count = count - 8
      out[#out + 1] = string.char((bits >> count) & 255)
    end
  end
  return table.concat(out)
end

return bytes
