// Has an emulator make its certificate authority and keys in a directory, and ends it.

import { Emulator } from "./emulator.js";

const emulator = await Emulator.start({ data: process.argv[2] });
await emulator.stop();
