// The texts of administration, which only its pages need: they come with the first of them, and join those that are there.
// Locales that are loaded whole have them already.
import en from 'virtual:messages/en';
import administration from 'virtual:messages/en/administration';

Object.assign(en, administration);
