-- SPDX-License-Identifier: MIT
--
-- What Hetzner Cloud sold on 2026-09-29, as facts for price books, the radar and the
-- stand-in: net prices in EUR, included traffic in TiB, stock as it was that day. A row
-- of prices is { location, monthly, hourly, traffic TiB, per TB over }; of locations
-- { name, available, recommended, retired }. Retired: not orderable there any more.

local retired = {
  announced = "2025-10-16T06:00:00Z", unavailable_after = "2025-12-31T23:59:59Z",
}

local catalogue = {
  as_of = "2026-09-29", currency = "EUR", vat_rate = "19.000000",
  primary_ipv4 = { monthly = "0.5000", hourly = "0.0008" },
  volume_per_gb = "0.0572", image_per_gb = "0.0143", backup_percentage = "20.0000000000",
}

catalogue.locations = {
  { id = 1, name = "fsn1", description = "Falkenstein DC Park 1", country = "DE",
    city = "Falkenstein", latitude = 50.47612, longitude = 12.370071,
    network_zone = "eu-central" },
  { id = 2, name = "nbg1", description = "Nuremberg DC Park 1", country = "DE",
    city = "Nuremberg", latitude = 49.452102, longitude = 11.076665,
    network_zone = "eu-central" },
  { id = 3, name = "hel1", description = "Helsinki DC Park 1", country = "FI",
    city = "Helsinki", latitude = 60.169855, longitude = 24.938379,
    network_zone = "eu-central" },
  { id = 4, name = "ash", description = "Ashburn, VA", country = "US",
    city = "Ashburn, VA", latitude = 39.045821, longitude = -77.487073,
    network_zone = "us-east" },
  { id = 5, name = "hil", description = "Hillsboro, OR", country = "US",
    city = "Hillsboro, OR", latitude = 45.54222, longitude = -122.951924,
    network_zone = "us-west" },
  { id = 6, name = "sin", description = "Singapore", country = "SG",
    city = "Singapore", latitude = 1.283333, longitude = 103.833333,
    network_zone = "ap-southeast" },
}

catalogue.images = {
  { id = 161547269, name = "ubuntu-24.04", architecture = "x86",
    os_flavor = "ubuntu", os_version = "24.04" },
  { id = 161547270, name = "ubuntu-24.04", architecture = "arm",
    os_flavor = "ubuntu", os_version = "24.04" },
  { id = 67794396, name = "ubuntu-22.04", architecture = "x86",
    os_flavor = "ubuntu", os_version = "22.04" },
  { id = 15512617, name = "ubuntu-20.04", architecture = "x86",
    os_flavor = "ubuntu", os_version = "20.04", deprecated = "2025-05-31T00:00:00Z" },
  { id = 114690387, name = "debian-12", architecture = "x86",
    os_flavor = "debian", os_version = "12" },
  { id = 114690389, name = "debian-12", architecture = "arm",
    os_flavor = "debian", os_version = "12" },
  { id = 199030328, name = "fedora-41", architecture = "x86",
    os_flavor = "fedora", os_version = "41", deleted = "2026-02-01T00:00:00Z" },
  { id = 199030407, name = "fedora-41", architecture = "arm",
    os_flavor = "fedora", os_version = "41", deleted = "2026-02-01T00:00:00Z" },
}

catalogue.server_types = {
  { id = 22, name = "cpx11", category = "regular_purpose",
    cores = 2, memory = 2, disk = 40, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "5.49", "0.0088", 20, "1" }, { "nbg1", "5.49", "0.0088", 20, "1" },
      { "hel1", "5.49", "0.0088", 20, "1" }, { "ash", "17.49", "0.028", 1, "1" },
      { "hil", "17.49", "0.028", 1, "1" }, { "sin", "9.99", "0.016", 1, "7.4" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired }, { "ash", true, false },
      { "hil", true, false }, { "sin", false, false, retired },
    } },
  { id = 23, name = "cpx21", category = "regular_purpose",
    cores = 3, memory = 4, disk = 80, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "9.49", "0.0152", 20, "1" }, { "nbg1", "9.49", "0.0152", 20, "1" },
      { "hel1", "9.49", "0.0152", 20, "1" }, { "ash", "31.99", "0.0513", 2, "1" },
      { "hil", "31.99", "0.0513", 2, "1" }, { "sin", "18.49", "0.0296", 2, "7.4" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired }, { "ash", true, false },
      { "hil", true, false }, { "sin", false, false, retired },
    } },
  { id = 24, name = "cpx31", category = "regular_purpose",
    cores = 4, memory = 8, disk = 160, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "17.49", "0.028", 20, "1" }, { "nbg1", "17.49", "0.028", 20, "1" },
      { "hel1", "17.49", "0.028", 20, "1" }, { "ash", "62.49", "0.1001", 3, "1" },
      { "hil", "62.49", "0.1001", 3, "1" }, { "sin", "32.49", "0.0521", 3, "7.4" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired }, { "ash", true, false },
      { "hil", true, false }, { "sin", false, false, retired },
    } },
  { id = 25, name = "cpx41", category = "regular_purpose",
    cores = 8, memory = 16, disk = 240, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "32.49", "0.0521", 20, "1" }, { "nbg1", "32.49", "0.0521", 20, "1" },
      { "hel1", "32.49", "0.0521", 20, "1" }, { "ash", "120.49", "0.1931", 4, "1" },
      { "hil", "120.49", "0.1931", 4, "1" }, { "sin", "55.49", "0.0889", 4, "7.4" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired }, { "ash", true, false },
      { "hil", true, false }, { "sin", false, false, retired },
    } },
  { id = 26, name = "cpx51", category = "regular_purpose",
    cores = 16, memory = 32, disk = 360, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "70.99", "0.1138", 20, "1" }, { "nbg1", "70.99", "0.1138", 20, "1" },
      { "hel1", "70.99", "0.1138", 20, "1" }, { "ash", "237.99", "0.3814", 5, "1" },
      { "hil", "237.99", "0.3814", 5, "1" }, { "sin", "99.99", "0.1602", 5, "7.4" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired }, { "ash", true, false },
      { "hil", true, false }, { "sin", false, false, retired },
    } },
  { id = 108, name = "cpx12", category = "regular_purpose",
    cores = 1, memory = 2, disk = 40, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "11.49", "0.0184", 20, "1" }, { "nbg1", "11.49", "0.0184", 20, "1" },
      { "hel1", "11.49", "0.0184", 20, "1" }, { "sin", "15.49", "0.0248", 0.5, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "sin", true, false },
    } },
  { id = 109, name = "cpx22", category = "regular_purpose",
    cores = 2, memory = 4, disk = 80, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "19.49", "0.0312", 20, "1" }, { "nbg1", "19.49", "0.0312", 20, "1" },
      { "hel1", "19.49", "0.0312", 20, "1" }, { "sin", "26.49", "0.0425", 1, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "sin", true, false },
    } },
  { id = 110, name = "cpx32", category = "regular_purpose",
    cores = 4, memory = 8, disk = 160, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "35.49", "0.0569", 20, "1" }, { "nbg1", "35.49", "0.0569", 20, "1" },
      { "hel1", "35.49", "0.0569", 20, "1" }, { "sin", "48.99", "0.0785", 2, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "sin", true, false },
    } },
  { id = 111, name = "cpx42", category = "regular_purpose",
    cores = 8, memory = 16, disk = 320, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "69.49", "0.1114", 20, "1" }, { "nbg1", "69.49", "0.1114", 20, "1" },
      { "hel1", "69.49", "0.1114", 20, "1" }, { "sin", "93.49", "0.1498", 3, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "sin", true, false },
    } },
  { id = 112, name = "cpx52", category = "regular_purpose",
    cores = 12, memory = 24, disk = 480, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "100.49", "0.161", 20, "1" }, { "nbg1", "100.49", "0.161", 20, "1" },
      { "hel1", "100.49", "0.161", 20, "1" }, { "sin", "134.49", "0.2155", 4, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "sin", true, false },
    } },
  { id = 113, name = "cpx62", category = "regular_purpose",
    cores = 16, memory = 32, disk = 640, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "129.99", "0.2083", 20, "1" }, { "nbg1", "129.99", "0.2083", 20, "1" },
      { "hel1", "129.99", "0.2083", 20, "1" }, { "sin", "171.99", "0.2756", 5, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "sin", true, false },
    } },
  { id = 114, name = "cx23", category = "cost_optimized",
    cores = 2, memory = 4, disk = 40, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "5.49", "0.0088", 20, "1" }, { "nbg1", "5.49", "0.0088", 20, "1" },
      { "hel1", "5.49", "0.0088", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, false },
    } },
  { id = 115, name = "cx33", category = "cost_optimized",
    cores = 4, memory = 8, disk = 80, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "8.49", "0.0136", 20, "1" }, { "nbg1", "8.49", "0.0136", 20, "1" },
      { "hel1", "8.49", "0.0136", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, false },
    } },
  { id = 116, name = "cx43", category = "cost_optimized",
    cores = 8, memory = 16, disk = 160, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "15.99", "0.0256", 20, "1" }, { "nbg1", "15.99", "0.0256", 20, "1" },
      { "hel1", "15.99", "0.0256", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, false },
    } },
  { id = 117, name = "cx53", category = "cost_optimized",
    cores = 16, memory = 32, disk = 320, cpu_type = "shared", architecture = "x86",
    prices = {
      { "fsn1", "29.49", "0.0473", 20, "1" }, { "nbg1", "29.49", "0.0473", 20, "1" },
      { "hel1", "29.49", "0.0473", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, false },
    } },
  { id = 45, name = "cax11", category = "cost_optimized",
    cores = 2, memory = 4, disk = 40, cpu_type = "shared", architecture = "arm",
    prices = {
      { "fsn1", "5.99", "0.0096", 20, "1" }, { "nbg1", "5.99", "0.0096", 20, "1" },
      { "hel1", "5.99", "0.0096", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, true },
    } },
  { id = 93, name = "cax21", category = "cost_optimized",
    cores = 4, memory = 8, disk = 80, cpu_type = "shared", architecture = "arm",
    prices = {
      { "fsn1", "10.49", "0.0168", 20, "1" }, { "nbg1", "10.49", "0.0168", 20, "1" },
      { "hel1", "10.49", "0.0168", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, true },
    } },
  { id = 94, name = "cax31", category = "cost_optimized",
    cores = 8, memory = 16, disk = 160, cpu_type = "shared", architecture = "arm",
    prices = {
      { "fsn1", "20.99", "0.0336", 20, "1" }, { "nbg1", "20.99", "0.0336", 20, "1" },
      { "hel1", "20.99", "0.0336", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, true },
    } },
  { id = 95, name = "cax41", category = "cost_optimized",
    cores = 16, memory = 32, disk = 320, cpu_type = "shared", architecture = "arm",
    prices = {
      { "fsn1", "40.99", "0.0657", 20, "1" }, { "nbg1", "40.99", "0.0657", 20, "1" },
      { "hel1", "40.99", "0.0657", 20, "1" },
    },
    locations = {
      { "fsn1", false, false }, { "nbg1", false, false },
      { "hel1", false, true },
    } },
  { id = 96, name = "ccx13", category = "general_purpose",
    cores = 2, memory = 8, disk = 80, cpu_type = "dedicated", architecture = "x86",
    prices = {
      { "fsn1", "42.99", "0.0689", 20, "1" }, { "nbg1", "42.99", "0.0689", 20, "1" },
      { "hel1", "42.99", "0.0689", 20, "1" }, { "ash", "43.49", "0.0697", 1, "1" },
      { "hil", "43.49", "0.0697", 1, "1" }, { "sin", "53.99", "0.0865", 1, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "ash", true, false },
      { "hil", true, false }, { "sin", true, false },
    } },
  { id = 97, name = "ccx23", category = "general_purpose",
    cores = 4, memory = 16, disk = 160, cpu_type = "dedicated", architecture = "x86",
    prices = {
      { "fsn1", "85.99", "0.1378", 20, "1" }, { "nbg1", "85.99", "0.1378", 20, "1" },
      { "hel1", "85.99", "0.1378", 20, "1" }, { "ash", "87.49", "0.1402", 2, "1" },
      { "hil", "87.49", "0.1402", 2, "1" }, { "sin", "108.49", "0.1739", 2, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "ash", true, false },
      { "hil", true, false }, { "sin", true, false },
    } },
  { id = 98, name = "ccx33", category = "general_purpose",
    cores = 8, memory = 32, disk = 240, cpu_type = "dedicated", architecture = "x86",
    prices = {
      { "fsn1", "138.49", "0.2219", 30, "1" }, { "nbg1", "138.49", "0.2219", 30, "1" },
      { "hel1", "138.49", "0.2219", 30, "1" }, { "ash", "140.99", "0.2259", 3, "1" },
      { "hil", "140.99", "0.2259", 3, "1" }, { "sin", "174.49", "0.2796", 3, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "ash", true, false },
      { "hil", true, false }, { "sin", true, false },
    } },
  { id = 99, name = "ccx43", category = "general_purpose",
    cores = 16, memory = 64, disk = 360, cpu_type = "dedicated", architecture = "x86",
    prices = {
      { "fsn1", "275.99", "0.4423", 40, "1" }, { "nbg1", "275.99", "0.4423", 40, "1" },
      { "hel1", "275.99", "0.4423", 40, "1" }, { "ash", "279.49", "0.4479", 4, "1" },
      { "hil", "279.49", "0.4479", 4, "1" }, { "sin", "340.99", "0.5465", 4, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "ash", true, false },
      { "hil", true, false }, { "sin", true, false },
    } },
  { id = 100, name = "ccx53", category = "general_purpose",
    cores = 32, memory = 128, disk = 600, cpu_type = "dedicated", architecture = "x86",
    prices = {
      { "fsn1", "533.49", "0.855", 50, "1" }, { "nbg1", "533.49", "0.855", 50, "1" },
      { "hel1", "533.49", "0.855", 50, "1" }, { "ash", "538.49", "0.863", 6, "1" },
      { "hil", "538.49", "0.863", 6, "1" }, { "sin", "651.99", "1.0449", 6, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "ash", true, false },
      { "hil", true, false }, { "sin", true, false },
    } },
  { id = 101, name = "ccx63", category = "general_purpose",
    cores = 48, memory = 192, disk = 960, cpu_type = "dedicated", architecture = "x86",
    prices = {
      { "fsn1", "853.49", "1.3678", 60, "1" }, { "nbg1", "853.49", "1.3678", 60, "1" },
      { "hel1", "853.49", "1.3678", 60, "1" }, { "ash", "859.99", "1.3782", 8, "1" },
      { "hil", "859.99", "1.3782", 8, "1" }, { "sin", "1036.49", "1.661", 8, "7.4" },
    },
    locations = {
      { "fsn1", true, false }, { "nbg1", true, false },
      { "hel1", true, true }, { "ash", true, false },
      { "hil", true, false }, { "sin", true, false },
    } },
  { id = 104, name = "cx22", category = "cost_optimized",
    cores = 2, memory = 4, disk = 40, cpu_type = "shared", architecture = "x86",
    unlisted = true,
    prices = {
      { "fsn1", "4.49", "0.0072", 20, "1" }, { "nbg1", "4.49", "0.0072", 20, "1" },
      { "hel1", "4.49", "0.0072", 20, "1" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired },
    } },
  { id = 105, name = "cx32", category = "cost_optimized",
    cores = 4, memory = 8, disk = 80, cpu_type = "shared", architecture = "x86",
    unlisted = true,
    prices = {
      { "fsn1", "8.49", "0.0136", 20, "1" }, { "nbg1", "8.49", "0.0136", 20, "1" },
      { "hel1", "8.49", "0.0136", 20, "1" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired },
    } },
  { id = 106, name = "cx42", category = "cost_optimized",
    cores = 8, memory = 16, disk = 160, cpu_type = "shared", architecture = "x86",
    unlisted = true,
    prices = {
      { "fsn1", "20.99", "0.0336", 20, "1" }, { "nbg1", "20.99", "0.0336", 20, "1" },
      { "hel1", "20.99", "0.0336", 20, "1" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired },
    } },
  { id = 107, name = "cx52", category = "cost_optimized",
    cores = 16, memory = 32, disk = 320, cpu_type = "shared", architecture = "x86",
    unlisted = true,
    prices = {
      { "fsn1", "41.49", "0.0665", 20, "1" }, { "nbg1", "41.49", "0.0665", 20, "1" },
      { "hel1", "41.49", "0.0665", 20, "1" },
    },
    locations = {
      { "fsn1", false, false, retired }, { "nbg1", false, false, retired },
      { "hel1", false, false, retired },
    } },
}

return catalogue
