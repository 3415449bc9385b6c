// The texts of callbacks, which few agents and only who keeps the book need: they come with the first screen that says them.
import en from 'virtual:messages/en';
import callbacks from 'virtual:messages/en/callbacks';

Object.assign(en, callbacks);
